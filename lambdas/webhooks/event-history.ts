/** Entry of the column `history` of an event or of a replay. */
export interface HistoryEntry {
  readonly kind: 'failed-attempt' | 'redrive' | 'exhausted' | 'closed';
  /** ISO 8601 time. */
  readonly at: string;
  readonly code?: string | null;
  /** Error of a failure, or the reason for which the event was closed. */
  readonly message?: string | null;
  /** ARN of the identity that closed the event. */
  readonly operator?: string;
}

/** Bounds the history of an event that waits for a repair and fails for days. */
export const MAX_HISTORY_ENTRIES = 50;

const MAX_MESSAGE_CHARACTERS = 500;

/** Returns the SQL of a history with one more entry, without its oldest entry if it is full. */
export const appendEntry = (history: string, entry: string): string =>
  `(case when jsonb_array_length(${history}) >= ${MAX_HISTORY_ENTRIES} then ${history} - 0 ` +
  `else ${history} end) || ${entry}`;

/** Returns the SQL of a history without its last entry, if that entry is a redrive. */
export const withoutLastRedrive = (history: string): string =>
  `case when ${history} -> -1 ->> 'kind' = 'redrive' then ${history} - (-1) else ${history} end`;

export const redriveEntry = (at: string): string =>
  `jsonb_build_object('kind', 'redrive', 'at', ${at})`;

interface FailureColumns {
  readonly at: string;
  readonly code: string;
  readonly message: string;
}

/** Returns the SQL of an entry about a failure. The parameters are SQL expressions. */
export const failureEntry = (
  kind: 'failed-attempt' | 'exhausted',
  { at, code, message }: FailureColumns,
): string =>
  `jsonb_build_object('kind', '${kind}', 'at', ${at}, 'code', ${code}, ` +
  `'message', left(${message}, ${MAX_MESSAGE_CHARACTERS}))`;

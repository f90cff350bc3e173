/** A row of `events list`. */
export interface EventRow {
  readonly id: string;
  readonly provider: string;
  readonly event: string;
  readonly type: string;
  readonly status: string;
  readonly attempts: number;
  readonly redrives: number;
  readonly replays: number;
  readonly receivedAt: string;
  readonly error: string | null;
}

/** Rows that are kept for comparison: an older event that changes is not reported. */
const MAX_SEEN = 2_000;

/**
 * Finds the rows that are new or have changed, oldest first.
 *
 * @param rows Newest first, as `events list` returns them.
 */
export function newRows(rows: readonly EventRow[], seen: ReadonlyMap<string, EventRow>) {
  const fresh = rows.filter((row) => !isSame(row, seen.get(row.id))).toReversed();
  const merged = new Map(seen);
  for (const row of fresh) {
    // A changed row moves to the end, so that it is kept for longer.
    merged.delete(row.id);
    merged.set(row.id, row);
  }
  return { fresh, seen: new Map([...merged].slice(-MAX_SEEN)) };
}

const isSame = (row: EventRow, other: EventRow | undefined) =>
  other !== undefined &&
  row.status === other.status &&
  row.attempts === other.attempts &&
  row.redrives === other.redrives &&
  row.replays === other.replays;

import type { EventLine } from '../../lambdas/operations/event-story/event-line.ts';

/** Rows that are kept for comparison: an older event that changes is not reported. */
const MAX_SEEN = 2_000;

/**
 * Finds the rows that are new or have changed, oldest first.
 *
 * @param rows Newest first, as `events list` returns them.
 */
export function newRows(rows: readonly EventLine[], seen: ReadonlyMap<string, EventLine>) {
  const fresh = rows.filter((row) => !isSame(row, seen.get(row.id))).toReversed();
  const merged = new Map(seen);
  for (const row of fresh) {
    // A changed row moves to the end, so that it is kept for longer.
    merged.delete(row.id);
    merged.set(row.id, row);
  }
  return { fresh, seen: new Map([...merged].slice(-MAX_SEEN)) };
}

const isSame = (row: EventLine, other: EventLine | undefined) =>
  other !== undefined &&
  row.status === other.status &&
  row.attempts === other.attempts &&
  row.redrives === other.redrives &&
  row.replays === other.replays;

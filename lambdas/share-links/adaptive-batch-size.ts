/** Size of the next transaction. */
export interface BatchSize {
  /** Maximum number of links in the transaction. */
  readonly limit: number;
  /** Number of due links that select the owners; the transaction expires all due links of these. */
  readonly seedLinks: number;
}

export interface CompletedBatch {
  readonly expired: number;
  readonly owners: number;
  readonly durationMs: number;
}

// The portal waits for a transaction that has locked its links. A busy disk sometimes triples this
// duration, which a user still does not notice.
const TARGET_MS = 75;
const MIN_LIMIT = 50;
const INITIAL_LIMIT = 500;

export function initialBatchSize(maxLimit: number): BatchSize {
  const limit = Math.min(INITIAL_LIMIT, maxLimit);
  return { limit, seedLinks: limit };
}

/** Adapts the size to the duration of the last transaction, by a factor from 0.5 to 2. */
export function nextBatchSize(
  { limit, seedLinks }: BatchSize,
  { expired, owners, durationMs }: CompletedBatch,
  maxLimit: number,
): BatchSize {
  const scale = Math.min(2, Math.max(0.5, TARGET_MS / durationMs));
  // The duration of a mostly empty transaction does not predict the duration of a full one.
  const isRepresentative = scale < 1 || expired > limit / 2;
  const next = isRepresentative ? Math.round(limit * scale) : limit;
  const bounded = Math.max(Math.min(MIN_LIMIT, maxLimit), Math.min(next, maxLimit));
  return {
    limit: bounded,
    seedLinks: expired === 0 ? seedLinks : Math.max(1, Math.ceil((bounded * owners) / expired)),
  };
}

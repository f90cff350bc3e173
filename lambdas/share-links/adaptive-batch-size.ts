/** How much a transaction takes on. */
export interface Pace {
  /** Links at most. */
  readonly limit: number;
  /** Due links to go by: their owners' other links are taken with them. */
  readonly leads: number;
}

export interface Step {
  readonly expired: number;
  readonly owners: number;
  readonly tookMs: number;
}

// Whoever needs one of the links waits for a transaction to end. At three times this, as one takes now and then where the
// disk is busy, nobody would notice.
const TARGET_MS = 75;
const SMALLEST = 50;
const FIRST = 500;

export function firstPace(largest: number): Pace {
  const limit = Math.min(FIRST, largest);
  return { limit, leads: limit };
}

/** Twice or half as much at most, from one transaction to the next; a slow database gets less at a time. */
export function nextPace(
  { limit, leads }: Pace,
  { expired, owners, tookMs }: Step,
  largest: number,
): Pace {
  const scale = Math.min(2, Math.max(0.5, TARGET_MS / tookMs));
  // A transaction that had little to do says nothing of how long a full one takes.
  const isTelling = scale < 1 || expired > limit / 2;
  const next = isTelling ? Math.round(limit * scale) : limit;
  const bounded = Math.max(Math.min(SMALLEST, largest), Math.min(next, largest));
  return {
    limit: bounded,
    leads: expired === 0 ? leads : Math.max(1, Math.ceil((bounded * owners) / expired)),
  };
}

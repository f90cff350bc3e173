/** Prefix of the keys of signed heads. lib/evidence/evidence-bucket.ts grants these keys. */
export const headPrefix = 'audit/';

/** A head is signed at least this often, so that a missing head shows. */
export const HEAD_INTERVAL_MS = 86_400_000;

/** Prefix of the heads of one month, so that the newest head is found without listing all. */
export const monthPrefix = (at: Date): string => `${headPrefix}${at.toISOString().slice(0, 7)}/`;

export const headKey = (signedAt: Date, sequence: number): string =>
  `${monthPrefix(signedAt)}head-${String(sequence).padStart(10, '0')}.json`;

const keyPattern = /^audit\/\d{4}-\d\d\/head-(?<sequence>\d{10})\.json$/;

/** @returns undefined if the key belongs to no head. */
export function sequenceOfKey(key: string): number | undefined {
  const { sequence } = keyPattern.exec(key)?.groups ?? {};
  return sequence === undefined ? undefined : Number(sequence);
}

/** Returns the prefixes of the last months, newest first. */
export function recentMonths(now: Date, count: number): readonly string[] {
  return Array.from({ length: count }, (_, back) =>
    monthPrefix(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back))),
  );
}

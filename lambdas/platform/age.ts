/**
 * Returns the milliseconds between two times. Never negative, because two clocks can differ
 * slightly.
 */
export function ageMs(since: Date, now: Date): number {
  return Math.max(0, now.getTime() - since.getTime());
}

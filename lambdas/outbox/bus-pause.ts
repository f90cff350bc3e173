import type { Clock } from '../platform/clock.ts';

/** Decides whether EventBridge is called, after calls that found it unavailable. */
export interface BusPause {
  isActive(): boolean;
  /** Records if EventBridge was available. Each further failure doubles the pause. */
  record(isAvailable: boolean): void;
}

const FIRST_PAUSE_MS = 1_000;

/** Interval of the relay, which then tries the entries anyway. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Makes the pause of one process. A call to an unavailable bus takes up to 4 s, which would delay
 * each batch of a processor.
 * @param random Returns a number from 0 up to 1, so that processes do not call at the same time.
 */
export function makeBusPause(now: Clock, random: () => number = Math.random): BusPause {
  let failures = 0;
  let until = 0;
  return {
    isActive: () => now().getTime() < until,
    record(isAvailable) {
      failures = isAvailable ? 0 : failures + 1;
      const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
      until = isAvailable ? 0 : now().getTime() + longest / 2 + (longest / 2) * random();
    },
  };
}

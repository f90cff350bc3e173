import type { Clock } from '../platform/clock.ts';
import { ApiLimitedError, REQUEST_MS } from './provider-api.ts';

/** No time is left for another request. The next run continues. */
export class OutOfTimeError extends Error {
  constructor() {
    super('The time of the run is used up.');
    this.name = 'OutOfTimeError';
  }
}

export type PacedCall = <Result>(request: () => Promise<Result>) => Promise<Result>;

export interface PacedCallsDeps {
  readonly now: Clock;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly remainingMs: () => number;
}

/** The APIs serve members too, so the job sends at most one request per second to each. */
const INTERVAL_MS = 1_000;

/**
 * Longest pause after a 429 that the run waits for. Lambda retries a killed run after a minute, so
 * a longer pause must outlive the run.
 */
const LONGEST_WAIT_SECONDS = 60;

const MAX_WAITS = 5;

/**
 * Starts requests one after the other, at least a second apart. Pauses after a 429, and repeats the
 * request. The function throws ApiLimitedError if the pause is long or one of too many.
 */
export function makePacedCalls({ now, wait, remainingMs }: PacedCallsDeps) {
  let nextAt = 0;
  let requests = 0;
  let waits = 0;

  const call: PacedCall = async (request) => {
    const pauseMs = Math.max(0, nextAt - now().getTime());
    if (remainingMs() < pauseMs + REQUEST_MS) throw new OutOfTimeError();
    if (pauseMs > 0) await wait(pauseMs);
    nextAt = now().getTime() + INTERVAL_MS;
    requests += 1;
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof ApiLimitedError)) throw error;
      waits += 1;
      const { retryAfterSeconds } = error;
      if (retryAfterSeconds > LONGEST_WAIT_SECONDS || waits > MAX_WAITS) throw error;
      nextAt = now().getTime() + Math.max(INTERVAL_MS, retryAfterSeconds * 1_000);
      return call(request);
    }
  };
  return { call, requests: () => requests };
}

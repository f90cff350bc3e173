/** Rate limit that a response of Resend reports. Fields are undefined if the header is missing. */
export interface RateLimit {
  /** Requests that Resend accepts in one window. */
  readonly limit: number | undefined;
  /** Requests that are left in the current window. */
  readonly remaining: number | undefined;
  /** Seconds until the window ends, rounded up. */
  readonly resetSeconds: number | undefined;
  readonly windowSeconds: number | undefined;
  readonly retryAfterSeconds: number | undefined;
}

/** Longest delay that SQS supports, and the longest pause without a new request to Resend. */
export const MAX_DELAY_SECONDS = 900;

// Requests that leave evenly arrive unevenly. Without a margin, every delay of some milliseconds
// puts one request too many into a window, and each 429 costs a pause of a second.
const UTILIZATION = 0.95;

// Additive increase and multiplicative decrease find the share that other users of the team's limit
// leave, as congestion control does: https://www.rfc-editor.org/rfc/rfc5681#section-3.1
const INCREASE = 0.02;
// At full use nothing is left, so the rate must still rise, but more carefully.
const CAREFUL_INCREASE = 0.005;
const DECREASE = 0.8;
const MIN_SHARE = 0.1;

/**
 * Reads the headers of https://resend.com/docs/api-reference/rate-limit. Ignores dates, which HTTP
 * also allows.
 */
export function readRateLimit(headers: Readonly<Record<string, string>> | null): RateLimit {
  const [, window] = /;\s*w=(\d{1,6})\b/.exec(headers?.['ratelimit-policy'] ?? '') ?? [];
  return {
    limit: positive(seconds(headers?.['ratelimit-limit'])),
    remaining: seconds(headers?.['ratelimit-remaining']),
    resetSeconds: seconds(headers?.['ratelimit-reset']),
    windowSeconds: positive(seconds(window)),
    retryAfterSeconds: seconds(headers?.['retry-after']),
  };
}

/**
 * Returns the rate after an accepted request. The rate never exceeds the reported limit, and rises
 * faster while Resend reports requests left.
 * @param rate Current requests per second.
 * @param initialRate Limit that holds while Resend reports none.
 */
export function rateAfterSuccess(rate: number, reported: RateLimit, initialRate: number): number {
  const maxRate = UTILIZATION * limitPerSecond(reported, initialRate);
  const increase = reported.remaining === 0 ? CAREFUL_INCREASE : INCREASE;
  return Math.min(maxRate, rate + increase * maxRate);
}

/** Returns the rate after a 429. */
export function rateAfterRejection(rate: number, reported: RateLimit, initialRate: number): number {
  const maxRate = UTILIZATION * limitPerSecond(reported, initialRate);
  return Math.max(MIN_SHARE * maxRate, Math.min(maxRate, DECREASE * rate));
}

/** Returns the rate before the first response of Resend. */
export const firstRate = (initialRate: number): number => UTILIZATION * initialRate;

/**
 * Returns the seconds for which no request should leave, or 0. `ratelimit-reset` is in whole
 * seconds, so a window of one second ends at an unknown time within it; even spacing covers that.
 */
export function pauseSeconds({ remaining, resetSeconds = 0 }: RateLimit): number {
  return remaining === 0 && resetSeconds > 1 ? Math.min(resetSeconds, MAX_DELAY_SECONDS) : 0;
}

// The time to the end of the window is a lower bound of its length.
function limitPerSecond({ limit, windowSeconds, resetSeconds }: RateLimit, initialRate: number) {
  if (limit === undefined) return initialRate;
  return limit / Math.max(1, windowSeconds ?? resetSeconds ?? 1);
}

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

const positive = (value: number | undefined) => (value === 0 ? undefined : value);

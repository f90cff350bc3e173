import { errorResponse, type ResendResponse } from './resend-response.ts';

export interface ResendRateLimit {
  setLimit(requestsPerSecond: number): void;
  /** Counts one request. @returns the response for a request above the limit. */
  count(now: number): ResendResponse | undefined;
  /** Headers of every response: https://resend.com/docs/api-reference/rate-limit */
  headers(now: number): Readonly<Record<string, string>>;
}

const WINDOW_MS = 1_000;

/** Enough for any test that is not about the limit. */
const NO_PRACTICAL_LIMIT = 1_000;

/** Limits the requests in any period of one second. A rejected request does not count. */
export function makeResendRateLimit(): ResendRateLimit {
  let limit = NO_PRACTICAL_LIMIT;
  let accepted: readonly number[] = [];
  const inWindow = (now: number) => accepted.filter((at) => now - at < WINDOW_MS);
  return {
    setLimit(requestsPerSecond) {
      limit = requestsPerSecond;
    },
    count(now) {
      accepted = inWindow(now);
      if (accepted.length >= limit) return tooManyRequests(limit);
      accepted = [...accepted, now];
      return undefined;
    },
    headers: (now) => ({
      'ratelimit-limit': String(limit),
      'ratelimit-remaining': String(Math.max(0, limit - inWindow(now).length)),
      'ratelimit-reset': '1',
    }),
  };
}

const tooManyRequests = (limit: number): ResendResponse => ({
  ...errorResponse(
    429,
    'rate_limit_exceeded',
    `Too many requests. You can only make ${limit} requests per second. See rate limit response ` +
      'headers for more information. Or contact support to increase rate limit.',
  ),
  headers: { 'retry-after': '1' },
});

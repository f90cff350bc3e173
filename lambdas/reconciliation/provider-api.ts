/** The provider answered 429. It accepts no request before the time has passed. */
export class ApiLimitedError extends Error {
  readonly retryAfterSeconds: number;

  constructor(provider: string, retryAfterSeconds: number) {
    super(`${provider} limits requests for ${retryAfterSeconds} s.`);
    this.name = 'ApiLimitedError';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The provider answered one request with an error. The message contains no part of the request. */
export class ApiRequestError extends Error {
  /** Undefined if no response arrived in time. */
  readonly status: number | undefined;

  constructor(provider: string, task: string, status: number | undefined, hint = '') {
    const reason = status === undefined ? 'no response in time' : `status ${status}`;
    super(`The request to ${provider} to ${task} failed: ${reason}${hint}.`);
    this.name = 'ApiRequestError';
    this.status = status;
  }
}

const DEFAULT_RETRY_AFTER_SECONDS = 60;
const MAX_RETRY_AFTER_SECONDS = 3_600;

/** The provider's record of one event cannot be enqueued. Other events are not affected. */
export class UnusableRecordError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnusableRecordError';
  }
}

/** Reads the header `retry-after` in seconds. A date or no header counts as one minute. */
export function retryAfterSeconds(header: string | null | undefined): number {
  const seconds = Math.ceil(Number(header ?? Number.NaN));
  return seconds >= 1 ? Math.min(seconds, MAX_RETRY_AFTER_SECONDS) : DEFAULT_RETRY_AFTER_SECONDS;
}

/** Time that one request may take. */
export const REQUEST_MS = 8_000;

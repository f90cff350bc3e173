/** Time that one call of the AWS SDK may take. */
export interface CallLimits {
  readonly attempts: number;
  readonly attemptMs: number;
}

const CONNECTION_MS = 3_000;

/**
 * Returns the client settings for the limits. `requestTimeout` ends with the headers of the
 * response; `socketTimeout` also ends an attempt whose body stalls, so that the SDK retries it.
 */
export const clientLimits = ({ attempts, attemptMs }: CallLimits) => ({
  maxAttempts: attempts,
  requestHandler: {
    connectionTimeout: Math.min(attemptMs, CONNECTION_MS),
    requestTimeout: attemptMs,
    socketTimeout: attemptMs,
    throwOnRequestTimeout: true,
  },
});

/**
 * Returns the options that limit one call in total: all attempts, and the body of the response.
 * Otherwise a server that sends single bytes could keep a call open without limit.
 */
export const callDeadline = ({ attempts, attemptMs }: CallLimits) => ({
  abortSignal: AbortSignal.timeout(attempts * attemptMs),
});

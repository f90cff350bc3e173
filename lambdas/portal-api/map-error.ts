import { PortalRequestRejectedError, type Problem } from './problem.ts';

// A duplicate has already waited for the first request; a call to a provider takes seconds.
const IN_PROGRESS_RETRY_SECONDS = 1;
const UNAVAILABLE_RETRY_SECONDS = 5;

/**
 * Maps an error to the problem of the response. Compares errors by name and code, because several
 * packages define them.
 * @returns undefined for an unexpected error.
 */
export function mapErrorToProblem(error: unknown): Problem | undefined {
  if (error instanceof PortalRequestRejectedError) return error.problem;
  if (!(error instanceof Error)) return undefined;
  switch (error.name) {
    case 'IdempotencyValidationError':
      return {
        type: 'idempotency-key-reused',
        detail: 'Another request has already used this Idempotency-Key.',
      };
    case 'IdempotencyAlreadyInProgressError':
      return inProgress;
    case 'IdempotencyInconsistentStateError':
      return unavailable;
    case 'IdempotencyPersistenceLayerError':
      return isLockTimeout(error.cause) ? inProgress : unavailable;
    default:
      return isTransientPostgresError(error) ? unavailable : undefined;
  }
}

const inProgress: Problem = {
  type: 'request-in-progress',
  detail: 'The first request with this Idempotency-Key is still in progress.',
  retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS,
};

/** Covers an unknown commit result too: a retry with the same key is safe in both cases. */
const unavailable: Problem = {
  type: 'try-again',
  detail: 'The request could not be completed. Send it again with the same Idempotency-Key.',
  retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
};

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const LOCK_NOT_AVAILABLE = '55P03';
const TRANSIENT_CLASSES = /^(08|40|53|55|57)/;

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const isLockTimeout = (cause: unknown) => codeOf(cause) === LOCK_NOT_AVAILABLE;

function isTransientPostgresError(error: Error): boolean {
  const code = codeOf(error) ?? '';
  return (
    code === 'database-unavailable' ||
    /^Connection terminated/.test(error.message) ||
    TRANSIENT_CLASSES.test(code)
  );
}

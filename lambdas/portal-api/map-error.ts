import { PortalRequestRejectedError, type Problem, tryAgain } from './problem.ts';

// A duplicate has already waited for the first request; a call to a provider takes seconds.
const IN_PROGRESS_RETRY_SECONDS = 1;

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
      return tryAgain;
    case 'IdempotencyPersistenceLayerError':
      return isLockTimeout(error.cause) ? inProgress : tryAgain;
    default:
      return isTransientPostgresError(error) ? tryAgain : undefined;
  }
}

const inProgress: Problem = {
  type: 'request-in-progress',
  detail: 'The first request with this Idempotency-Key is still in progress.',
  retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS,
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

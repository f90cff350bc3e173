import { CommandRejectedError, type Problem } from './problem.ts';

// A duplicate that gave up waiting may try at once; a call to a provider takes seconds.
const SOON = 1;
const LATER = 5;

/** @returns undefined for what nobody expected. Errors are told by name and code: several packages make them. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof CommandRejectedError) return error.problem;
  if (!(error instanceof Error)) return undefined;
  switch (error.name) {
    case 'IdempotencyValidationError':
      return {
        type: 'idempotency-key-reused',
        detail: 'This Idempotency-Key came with another request before.',
      };
    case 'IdempotencyAlreadyInProgressError':
      return inProgress;
    case 'IdempotencyInconsistentStateError':
      return unavailable;
    case 'IdempotencyPersistenceLayerError':
      return isLockTimeout(error.cause) ? inProgress : unavailable;
    default:
      return isOfPostgres(error) ? unavailable : undefined;
  }
}

const inProgress: Problem = {
  type: 'request-in-progress',
  detail: 'The first request with this Idempotency-Key is still being worked on.',
  retryAfterSeconds: SOON,
};

/** Also where nobody knows whether a commit was the last thing to go through: the key makes it safe to ask again. */
const unavailable: Problem = {
  type: 'try-again',
  detail: 'The request could not be carried out. Send it again with the same Idempotency-Key.',
  retryAfterSeconds: LATER,
};

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const LOCK_NOT_AVAILABLE = '55P03';
const PASSING = /^(08|40|53|55|57)/;

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const isLockTimeout = (cause: unknown) => codeOf(cause) === LOCK_NOT_AVAILABLE;

function isOfPostgres(error: Error): boolean {
  const code = codeOf(error) ?? '';
  return (
    code === 'database-unavailable' ||
    /^Connection terminated/.test(error.message) ||
    PASSING.test(code)
  );
}

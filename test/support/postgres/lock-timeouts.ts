// https://www.postgresql.org/docs/current/errcodes-appendix.html: lock_not_available
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Returns the failures other than waits for a lock that reached their limit of 2 s. On a busy
 * machine such a wait is expected: its transaction is repeated.
 * @param failures SQLSTATE codes or errors.
 */
export const withoutLockTimeouts = (failures: readonly unknown[]): readonly unknown[] =>
  failures.filter((failure) => failure !== LOCK_NOT_AVAILABLE);

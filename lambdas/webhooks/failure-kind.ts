/**
 * Names the origin of a failure, which decides what happens next.
 * `ours`: a fault of this system, its configuration or Postgres. The event stays in retry.
 * `data`: Postgres rejects the content of the event. Every attempt fails.
 * `race`: another transaction changed the same rows. The next attempt usually succeeds.
 * `unknown`: retried until no redrive is left.
 */
export type FailureKind = 'ours' | 'data' | 'race' | 'unknown';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const kindsBySqlClass: Readonly<Record<string, FailureKind>> = {
  '08': 'ours', // connection
  '0A': 'ours', // feature not supported, for example a cached plan after a migration
  '22': 'data', // data exception
  '23': 'data', // integrity constraint
  '25': 'ours', // transaction state, for example a read-only standby
  '26': 'ours', // prepared statement that the pooler lost
  '28': 'ours', // password or role
  '3D': 'ours', // database does not exist
  '3F': 'ours', // schema does not exist
  '40': 'ours', // deadlock, serialization
  '42': 'ours', // missing column, missing privilege
  '53': 'ours', // disk full, too many connections
  '54': 'data', // a limit, for example the size of an index row
  '55': 'ours', // lock not available
  '57': 'ours', // cancelled, shutdown
  '58': 'ours', // system error
  F0: 'ours', // configuration file
  XX: 'ours', // internal error
};

/**
 * Violations that depend on rows of other transactions: foreign key, unique, exclusion. All other
 * violations of class 23 depend on the content alone.
 */
const racingViolations: ReadonlySet<string> = new Set(['23503', '23505', '23P01']);

/** Codes of this project, of Node.js and of AWS for faults that no event causes. */
const ourCodes: ReadonlySet<string> = new Set([
  'database-unavailable',
  'out-of-time',
  'playback-key-unusable',
  'postgres-connection-lost',
  'secret-missing',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** @param code SQLSTATE, network code of Node.js, or code of this project. */
export function failureKind(code: string): FailureKind {
  if (ourCodes.has(code)) return 'ours';
  if (!SQLSTATE.test(code)) return 'unknown';
  if (racingViolations.has(code)) return 'race';
  return kindsBySqlClass[code.slice(0, 2)] ?? 'unknown';
}

/** True if the last failure of an event must not exhaust it. */
export const isOurFault = (code: string | null | undefined): boolean =>
  typeof code === 'string' && failureKind(code) === 'ours';

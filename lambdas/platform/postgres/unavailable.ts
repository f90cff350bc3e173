import pg from 'pg';

/** Postgres cannot be reached or does not answer, whatever the statement. */
export class DatabaseUnavailableError extends Error {
  readonly code = 'database-unavailable';

  constructor(cause: unknown) {
    super('Postgres cannot be reached.', { cause });
    this.name = 'DatabaseUnavailableError';
  }
}

/**
 * True if Postgres could not be reached or did not answer, or if a connection ended amid its work,
 * as in a failover or a restart of the pooler.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailableError || isConnectionLost(error)) return true;
  if (error instanceof pg.DatabaseError) return awayCodes.has(error.code);
  const { code, message = '' } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return isReadTimeout(error) || connectErrors.test(message) || networkCodes.has(code);
}

/** True if the result of a statement did not arrive in time. */
export const isReadTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';

/**
 * True if the connection of a statement ended before its result arrived. A statement can also crash
 * its own session, so a caller must not repeat the same statement without limit.
 */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof pg.DatabaseError)
    return endingCodes.has(error.code) || (error.code ?? '').startsWith('08');
  const { code, message = '' } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return lostCodes.has(code) || lost.test(message);
}

// Texts of pg 8 and pg-pool 3, which set no code.
const connectErrors = /^timeout e(?:xceeded|xpired) when|connection timeout|^timeout expired$/;
const lost =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed)/;

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const awayCodes: ReadonlySet<string | undefined> = new Set([
  '25006', // read_only_sql_transaction: a writer that became a reader in a failover
  '53300', // too_many_connections
  '57P03', // cannot_connect_now
]);

/** Codes with which the server ends a session. PgBouncer reports class 08. */
const endingCodes: ReadonlySet<string | undefined> = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
]);

const lostCodes: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

const networkCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
]);

/**
 * Shortest time that a batch occupies its function while Postgres is unavailable. A refused
 * connection fails at once, and the functions would receive the whole queue again and again.
 */
export const OUTAGE_HOLD_MS = 4_000;

const SHORTEST_DELAY_SECONDS = 20;
const DELAY_SPREAD_SECONDS = 20;

/**
 * Returns after how many seconds a message is tried again while Postgres is unavailable. Random, so
 * that messages do not return together.
 * @param random A number from 0 to 1, exclusive.
 */
export const outageDelaySeconds = (random: number): number =>
  SHORTEST_DELAY_SECONDS + Math.floor(DELAY_SPREAD_SECONDS * random);

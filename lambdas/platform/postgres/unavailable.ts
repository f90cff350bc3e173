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
 * True if Postgres could not be reached or did not answer. A connection that the server ended does
 * not count, because a statement of one event can crash its session.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailableError) return true;
  if (error instanceof pg.DatabaseError) return isAway(error);
  const { code, message = '' } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return isReadTimeout(error) || connectErrors.test(message) || networkCodes.has(code);
}

// PgBouncer reports an unreachable server as a fatal error of class 08.
const isAway = ({ severity, code = '' }: pg.DatabaseError): boolean =>
  awayCodes.has(code) || (severity === 'FATAL' && code.startsWith('08'));

/** True if the result of a statement did not arrive in time. */
export const isReadTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';

/** True if the connection of a statement ended before its result arrived. */
export const isConnectionLost = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof pg.DatabaseError) && lost.test(error.message);

// Texts of pg 8 and pg-pool 3, which set no code.
const connectErrors = /^timeout e(?:xceeded|xpired) when|connection timeout|^timeout expired$/;
const lost =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed)/;

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const awayCodes: ReadonlySet<string> = new Set([
  '25006', // read_only_sql_transaction: a writer that became a reader in a failover
  '53300', // too_many_connections
  '57P03', // cannot_connect_now
]);

const networkCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
]);

const SHORTEST_DELAY_SECONDS = 20;
const DELAY_SPREAD_SECONDS = 20;

/**
 * Returns after how many seconds a message is tried again while Postgres is unavailable. Random, so
 * that messages do not return together.
 * @param random A number from 0 to 1, exclusive.
 */
export const outageDelaySeconds = (random: number): number =>
  SHORTEST_DELAY_SECONDS + Math.floor(DELAY_SPREAD_SECONDS * random);

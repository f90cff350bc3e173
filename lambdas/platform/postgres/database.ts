import pg from 'pg';

/** What a statement needs: a pool, a client, or the handle of a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

export interface DatabaseSettings {
  readonly url: string;
  /** Connections at most. One Lambda instance handles one batch at a time, so one is enough for the fast path. */
  readonly connections: number;
  readonly applicationName: string;
  /** How long an answer is waited for; then the connection is given up. */
  readonly queryTimeoutMs?: number;
  /**
   * Whether the server may keep the statements of transactions, instead of reading and planning each anew: a quarter of
   * its work for a batch. A transaction-mode pooler has to know of it (PgBouncer: `max_prepared_statements`), or the
   * next transaction looks for them on another server connection.
   */
  readonly prepares?: boolean;
}

export interface OwnPoolConfig extends pg.PoolConfig {
  readonly prepares: boolean;
}

/**
 * Opens lazily. Clients send queries without waiting for the answer to the one before (`pipeline`), so statements
 * issued together travel together.
 */
export function openDatabase(settings: DatabaseSettings): pg.Pool {
  const { url, connections, applicationName, queryTimeoutMs = 15_000, prepares = false } = settings;
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // A connection that died while Lambda froze the process says nothing. Longer than the server's own limit below.
    query_timeout: queryTimeoutMs,
    pipeline: true,
    prepares,
  } as OwnPoolConfig);
  // A session that the server ends while the client is checked out emits 'error' on the client, and one that nobody
  // listens for ends the process with every other record of the batch.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** No connection could be had at all: nothing was tried, and trying the parts one by one would not help. */
export class DatabaseUnavailableError extends Error {
  readonly code = 'database-unavailable';

  constructor(cause: unknown) {
    super('Postgres cannot be reached.', { cause });
    this.name = 'DatabaseUnavailableError';
  }
}

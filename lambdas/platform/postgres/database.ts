import pg from 'pg';

/** Runs statements: a pool, a client or a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

/** Returns the pool, which is opened at the first call. */
export type GetPool = () => Promise<pg.Pool>;

export interface DatabaseOptions {
  readonly url: string;
  /**
   * Maximum number of connections. A Lambda instance handles one batch at a time, so one is often
   * enough.
   */
  readonly connections: number;
  readonly applicationName: string;
  /**
   * Time limit for one result. A connection that exceeds the limit is closed. Postgres cancels a
   * statement of a transaction two seconds earlier, and after ten seconds at the latest.
   */
  readonly queryTimeoutMs?: number;
  /**
   * Lets the server keep the statements of transactions, which saves a quarter of its work for a
   * batch. A transaction-mode pooler must support this (PgBouncer: `max_prepared_statements`),
   * because the next transaction can use another server connection.
   */
  readonly prepares?: boolean;
}

export interface PreparingPoolConfig extends pg.PoolConfig {
  readonly prepares: boolean;
  readonly statementTimeoutMs: number;
}

const MAX_STATEMENT_MS = 10_000;

/**
 * Creates a pool that connects at the first query. Its clients pipeline: each query is sent without
 * waiting for the result of the one before.
 */
export function openDatabase(options: DatabaseOptions): pg.Pool {
  const { url, connections, applicationName, queryTimeoutMs = 15_000, prepares = false } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: applicationName,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // A connection can die silently while Lambda freezes the process. Longer than
    // `statement_timeout`.
    query_timeout: queryTimeoutMs,
    pipeline: true,
    prepares,
    // A server that answers reports the slow statement itself; silence means that it is away.
    statementTimeoutMs: Math.min(
      MAX_STATEMENT_MS,
      Math.max(queryTimeoutMs - 2_000, queryTimeoutMs / 2),
    ),
  } as PreparingPoolConfig);
  // If the server ends the session of a checked-out client, the client emits 'error'. Without a
  // listener the process would end, with every other record of the batch.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

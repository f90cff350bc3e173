import pg from 'pg';
import { statementName } from './statement-name.ts';

/** What a statement needs: a pool, a client, or the handle of a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<pg.QueryResult<Row>>;
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

interface OwnPoolConfig extends pg.PoolConfig {
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

// No session state: a transaction-mode pooler may give the next transaction to another server connection.
const BEGIN = `
  begin;
  set local lock_timeout = '2s';
  set local statement_timeout = '10s';
  set local idle_in_transaction_session_timeout = '5s'`;

/**
 * A transaction that has begun. `begin` is sent without waiting, so the first statements travel with it.
 * Every `query` after `commit` or `rollback` throws instead of writing outside the transaction.
 */
export class Transaction implements Queryable {
  readonly #client: pg.PoolClient;
  readonly #prepares: boolean;
  readonly #begun: Promise<unknown>;
  readonly #enlisted: Promise<unknown>[] = [];
  #failed: { readonly error: unknown } | undefined;
  #refused: unknown;
  #open = true;

  private constructor(client: pg.PoolClient, prepares: boolean) {
    this.#client = client;
    this.#prepares = prepares;
    this.#begun = client.query(BEGIN);
    // Its failure is the failure of whatever is awaited next.
    this.#begun.catch(() => {});
  }

  /** @throws DatabaseUnavailable */
  static async begin(pool: pg.Pool): Promise<Transaction> {
    const client = await pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailable(error);
    });
    return new Transaction(client, (pool.options as pg.PoolOptions & OwnPoolConfig).prepares);
  }

  /**
   * @throws what Postgres says of this statement, or of the first that it refused: of those after that one it only says
   * that the transaction is aborted.
   */
  async query<Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    if (!this.#open) throw new Error('The transaction has ended; this statement would run outside it.');
    try {
      return await this.#client.query<Row>({
        text,
        values: [...values],
        ...(this.#prepares ? { name: statementName(text) } : {}),
      });
    } catch (error) {
      this.#refused ??= error;
      throw isAborted(error) ? this.#refused : error;
    }
  }

  /**
   * Lets writes travel with the commit: nobody waits for them before, and their failure is the commit's. Whatever they
   * send, they send at once: a statement that follows the answer to another would come after the commit.
   */
  enlist(writes: Promise<unknown>): void {
    writes.catch((error: unknown) => {
      this.#failed ??= { error };
    });
    this.#enlisted.push(writes);
  }

  /**
   * @throws what made an enlisted write fail, or when the server answers anything but COMMIT: to `commit` in an aborted
   * transaction Postgres answers ROLLBACK, which is no error to the driver.
   */
  async commit(): Promise<void> {
    // A write that failed before it was sent does not make the server refuse to commit; by the next turn it is known.
    await new Promise(setImmediate);
    if (this.#failed !== undefined) {
      await this.rollback();
      throw this.#failed.error;
    }
    this.#assertOpen();
    const committing = this.#client.query('commit');
    this.#open = false;
    try {
      await this.#begun;
      await Promise.all(this.#enlisted);
      const { command } = await committing;
      if (command !== 'COMMIT') throw new Error(`The server answered ${command} to commit; nothing was written.`);
      this.#release();
    } catch (error) {
      // Until its answer is here, the session may still be in the transaction.
      await committing.catch(() => {});
      this.#release(error);
      throw error;
    }
  }

  /** Never throws, so that it cannot hide the error that led to it. Does nothing once the transaction has ended. */
  async rollback(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    try {
      await this.#client.query('rollback');
      this.#release();
    } catch (error) {
      this.#release(error);
    }
  }

  #assertOpen(): void {
    if (!this.#open) throw new Error('The transaction has ended already.');
  }

  // The pool does not roll back on release: a client that is not idle must never be handed out again.
  #release(error?: unknown): void {
    const status = (this.#client as pg.PoolClient & { getTransactionStatus(): string | null }).getTransactionStatus();
    const broken = error !== undefined && !(error instanceof pg.DatabaseError);
    this.#client.release(broken || status !== 'I');
  }
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html: in_failed_sql_transaction
const isAborted = (error: unknown) => error instanceof pg.DatabaseError && error.code === '25P02';

/** No connection could be had at all: nothing was tried, and trying the parts one by one would not help. */
export class DatabaseUnavailable extends Error {
  readonly code = 'database-unavailable';

  constructor(cause: unknown) {
    super('Postgres cannot be reached.', { cause });
    this.name = 'DatabaseUnavailable';
  }
}

/** Commits what `work` did, or rolls all of it back and rethrows. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const tx = await Transaction.begin(pool);
  try {
    const result = await work(tx);
    await tx.commit();
    return result;
  } finally {
    await tx.rollback();
  }
}

import type { Socket } from 'node:net';
import pg from 'pg';
import { DatabaseUnavailableError, type OwnPoolConfig, type Queryable } from './database.ts';
import { statementName } from './statement-name.ts';

// No session state: a transaction-mode pooler may give the next transaction to another server connection.
const BEGIN = `
  begin;
  set local lock_timeout = '2s';
  set local statement_timeout = '10s';
  set local idle_in_transaction_session_timeout = '5s'`;

// A statement that the server keeps it would still plan anew each time, where ids that it can see promise fewer rows than
// ids that it cannot. For a batch the plan is the same, and making it takes as long as carrying it out.
const BEGIN_PREPARED = `${BEGIN};
  set local plan_cache_mode = 'force_generic_plan'`;

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
    setImmediate(holdBack(client));
    this.#begun = client.query(prepares ? BEGIN_PREPARED : BEGIN);
    // Its failure is the failure of whatever is awaited next.
    this.#begun.catch(() => {});
  }

  /** @throws DatabaseUnavailableError */
  static async begin(pool: pg.Pool): Promise<Transaction> {
    const client = await pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailableError(error);
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
    if (!this.#open)
      throw new Error('The transaction has ended; this statement would run outside it.');
    setImmediate(holdBack(this.#client));
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
  deferUntilCommit(writes: Promise<unknown>): void {
    writes.catch((error: unknown) => {
      this.#failed ??= { error };
    });
    this.#enlisted.push(writes);
  }

  /** Resolves when what was said so far is on its way, for whoever has more to do before the rest can be said. */
  sent(): Promise<void> {
    return new Promise(setImmediate);
  }

  /**
   * @throws what made an enlisted write fail, or when the server answers anything but COMMIT: to `commit` in an aborted
   * transaction Postgres answers ROLLBACK, which is no error to the driver.
   */
  async commit(): Promise<void> {
    const release = holdBack(this.#client);
    // A write that failed before it was sent does not make the server refuse to commit; by the next turn it is known.
    await this.sent();
    const committing =
      this.#open && this.#failed === undefined ? this.#client.query('commit') : undefined;
    release();
    if (this.#failed !== undefined) {
      await this.rollback();
      throw this.#failed.error;
    }
    if (committing === undefined) throw new Error('The transaction has ended already.');
    this.#open = false;
    try {
      await this.#begun;
      await Promise.all(this.#enlisted);
      const { command } = await committing;
      if (command !== 'COMMIT')
        throw new Error(`The server answered ${command} to commit; nothing was written.`);
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

  // The pool does not roll back on release: a client that is not idle must never be handed out again.
  #release(error?: unknown): void {
    const status = (
      this.#client as pg.PoolClient & { getTransactionStatus(): string | null }
    ).getTransactionStatus();
    const broken = error !== undefined && !(error instanceof pg.DatabaseError);
    this.#client.release(broken || status !== 'I');
  }
}

/**
 * What is sent until all who hold it back have let go travels in one packet: each by itself would wake the server, and
 * cost a call of the system.
 */
function holdBack(client: pg.PoolClient): () => void {
  const { stream } = (
    client as pg.PoolClient & { readonly connection: { readonly stream: Socket } }
  ).connection;
  stream.cork();
  return () => stream.uncork();
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html: in_failed_sql_transaction
const isAborted = (error: unknown) => error instanceof pg.DatabaseError && error.code === '25P02';

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

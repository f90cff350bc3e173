import pg from 'pg';
import type { PreparingPoolConfig, Queryable } from './database.ts';
import { statementName } from './statement-name.ts';
import { DatabaseUnavailableError, isConnectionLost, isReadTimeout } from './unavailable.ts';

// No session state: a transaction-mode pooler can give the next transaction another server
// connection. The isolation level is explicit, because a stricter default of the database or role
// would fail concurrent duplicates with 40001 instead of letting them wait.
const begin = (statementTimeoutMs: number) => `
  begin isolation level read committed;
  set local lock_timeout = '2s';
  set local statement_timeout = '${statementTimeoutMs}ms';
  set local idle_in_transaction_session_timeout = '5s'`;

// By default Postgres plans a prepared statement again for each call if the known parameters
// promise fewer rows. For a batch the plan is always the same, and planning takes as long as
// executing.
const GENERIC_PLANS = `;
  set local plan_cache_mode = 'force_generic_plan'`;

const DEFAULT_STATEMENT_MS = 10_000;

/**
 * An open transaction. Statements are pipelined: each is sent at once, without waiting for earlier
 * results, so `begin` and the first statements share a round trip. A statement after `commit` or
 * `rollback` throws instead of writing outside the transaction.
 */
export class Transaction implements Queryable {
  readonly #client: pg.PoolClient;
  readonly #prepares: boolean;
  readonly #begun: Promise<unknown>;
  readonly #deferred: Promise<unknown>[] = [];
  #deferredFailure: { readonly error: unknown } | undefined;
  #firstError: unknown;
  #open = true;

  private constructor(
    client: pg.PoolClient,
    { prepares, statementTimeoutMs = DEFAULT_STATEMENT_MS }: Partial<PreparingPoolConfig>,
  ) {
    this.#client = client;
    this.#prepares = prepares === true;
    const text = begin(statementTimeoutMs);
    this.#begun = client.query(this.#prepares ? `${text}${GENERIC_PLANS}` : text);
    // If `begin` fails, the next awaited statement fails too and reports the error.
    this.#begun.catch((error: unknown) => {
      this.#firstError ??= error;
    });
  }

  /** @throws DatabaseUnavailableError */
  static async begin(pool: pg.Pool): Promise<Transaction> {
    const client = await pool.connect().catch((error: unknown) => {
      throw new DatabaseUnavailableError(error);
    });
    return new Transaction(client, pool.options as Partial<PreparingPoolConfig>);
  }

  /**
   * @throws the error of this statement. If an earlier statement failed, throws that error instead,
   * because Postgres reports for all later statements only that the transaction is aborted, and the
   * driver that the connection ended. DatabaseUnavailableError if no result arrived in time.
   */
  async query<Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    if (!this.#open)
      throw new Error('The transaction has ended; this statement would run outside it.');
    try {
      return await this.#client.query<Row>({
        text,
        values: [...values],
        ...(this.#prepares ? { name: statementName(text) } : {}),
      });
    } catch (error) {
      this.#firstError ??= error;
      throw this.#causeOf(error);
    }
  }

  /**
   * Lets writes share the round trip of `commit`, which reports their failure. The writes must
   * issue their statements at once: a statement that waits for another result would come after the
   * commit.
   */
  deferUntilCommit(writes: Promise<unknown>): void {
    writes.catch((error: unknown) => {
      this.#deferredFailure ??= { error };
    });
    this.#deferred.push(writes);
  }

  /**
   * @throws the error of a deferred write, or an error if the server did not commit: Postgres ends
   * an aborted transaction with ROLLBACK, which the driver does not report as an error.
   */
  async commit(): Promise<void> {
    // A write can fail before it is sent, for example in JSON.stringify, and Postgres would then
    // commit without it. One turn of the event loop delivers such rejections.
    await new Promise(setImmediate);
    if (this.#deferredFailure !== undefined) {
      await this.rollback();
      throw this.#deferredFailure.error;
    }
    if (!this.#open) throw new Error('The transaction has ended already.');
    const committing = this.#client.query('commit');
    this.#open = false;
    try {
      await this.#begun;
      await Promise.all(this.#deferred);
      const { command } = await committing;
      if (command !== 'COMMIT')
        throw new Error(`Postgres answered ${command} to commit; nothing was written.`);
      this.#release();
    } catch (error) {
      // The session can still be in the transaction until this result arrives.
      await committing.catch(() => {});
      this.#release(error);
      throw this.#causeOf(error);
    }
  }

  /**
   * Never throws, so that it cannot hide the original error. Does nothing after the transaction has
   * ended.
   */
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

  #causeOf(error: unknown): unknown {
    const cause = isAborted(error) || isConnectionLost(error) ? (this.#firstError ?? error) : error;
    return isReadTimeout(cause) ? new DatabaseUnavailableError(cause) : cause;
  }

  // The pool does not roll back a released client, so a client that is not idle is closed.
  #release(error?: unknown): void {
    const status = (
      this.#client as pg.PoolClient & { getTransactionStatus(): string | null }
    ).getTransactionStatus();
    const broken = error !== undefined && !(error instanceof pg.DatabaseError);
    this.#client.release(broken || status !== 'I');
  }
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html: in_failed_sql_transaction
const isAborted = (error: unknown) => error instanceof pg.DatabaseError && error.code === '25P02';

/** Runs `work` in a transaction and commits. Rolls back and rethrows if `work` throws. */
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

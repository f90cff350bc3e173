import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import {
  BasePersistenceLayer,
  type IdempotencyRecord,
} from '@aws-lambda-powertools/idempotency/persistence';
import type pg from 'pg';
import { claimKey, completeKey, findKey, releaseKey } from './idempotency.queries.ts';
import { inTransaction, Transaction } from './transaction.ts';

export type GetPool = () => Promise<pg.Pool>;

/**
 * Powertools idempotency on Postgres, each record on a connection of its own. For work that is not only in Postgres,
 * such as a call to a provider: a process that dies between that call and the record's completion lets the work run
 * again once the claim's time is up. At least once around a crash, once otherwise.
 */
export class PostgresPersistenceLayer extends BasePersistenceLayer {
  readonly #pool: GetPool;

  constructor(pool: GetPool) {
    super();
    this.#pool = pool;
  }

  protected async _putRecord(record: IdempotencyRecord): Promise<void> {
    const holder = await claimKey(await this.#pool(), record, 'INPROGRESS');
    if (holder !== undefined) throw alreadyExists(holder);
  }

  protected async _updateRecord(record: IdempotencyRecord): Promise<void> {
    await completeKey(await this.#pool(), record, 'INPROGRESS');
  }

  protected async _deleteRecord({ idempotencyKey }: IdempotencyRecord): Promise<void> {
    await releaseKey(await this.#pool(), idempotencyKey);
  }

  protected async _getRecord(key: string): Promise<IdempotencyRecord> {
    return foundOr(await findKey(await this.#pool(), key));
  }
}

interface Scope {
  tx?: Transaction;
  key?: string;
}

export interface BindOptions {
  readonly config: IdempotencyConfig;
  /** Part of every key. Required: Powertools' own default is the function's name, so renaming it would forget all. */
  readonly keyPrefix: string;
}

/**
 * Powertools idempotency bound to the transaction of the work itself: claiming the key begins the transaction,
 * completing it commits, releasing it rolls back. Record and effects are in Postgres together or not at all, so there
 * is no half-done state for a crash to leave behind: effects in Postgres happen once.
 */
export class TransactionPersistenceLayer extends BasePersistenceLayer {
  readonly #pool: GetPool;
  readonly #scopes = new AsyncLocalStorage<Scope>();

  constructor(pool: GetPool) {
    super();
    this.#pool = pool;
  }

  /**
   * `work` gets the transaction; a statement that it leaves floating fails after the commit instead of writing outside.
   * A duplicate waits for the first and is answered with its result, as JSON gives it back.
   * @throws what `work` throws, after a rollback; IdempotencyPersistenceLayerError with a `cause` when Postgres fails.
   */
  bind<Input, Result>(
    work: (input: Input, tx: Transaction) => Promise<Result>,
    { config, keyPrefix }: BindOptions,
  ): (input: Input) => Promise<Result> {
    return async (input) => {
      if (this.#scopes.getStore()?.tx !== undefined) throw nested();
      const options = { persistenceStore: this, config, keyPrefix };
      const idempotent = makeIdempotent((_: Input) => this.#run(work, input), options);
      return this.#scopes.run({}, async () => {
        const scope = this.#scope();
        try {
          // Powertools hashes it once more after the work, which may have changed its own by then.
          return (await idempotent(structuredClone(input))) as Result;
        } finally {
          await this.#rollBack(scope);
        }
      });
    };
  }

  async #run<Input, Result>(
    work: (input: Input, tx: Transaction) => Promise<Result>,
    input: Input,
  ): Promise<Result> {
    const { tx } = this.#scope();
    try {
      // Without a key (POWERTOOLS_IDEMPOTENCY_DISABLED) there is no claim, and so no transaction yet.
      return tx === undefined
        ? await inTransaction(await this.#pool(), (own) => work(input, own))
        : await work(input, tx);
    } catch (error) {
      throw plainError(error);
    }
  }

  #scope(): Scope {
    const scope = this.#scopes.getStore();
    if (scope === undefined)
      throw new Error('TransactionPersistenceLayer works only through bind().');
    return scope;
  }

  /** The deadline of a claim means nothing here: a claim ends with its transaction. Powertools warns without one. */
  override saveInProgress(
    data: Parameters<BasePersistenceLayer['saveInProgress']>[0],
  ): Promise<void> {
    return super.saveInProgress(data, 1);
  }

  protected async _putRecord(record: IdempotencyRecord): Promise<void> {
    const scope = this.#scope();
    if (scope.tx !== undefined) throw nested();
    const tx = await Transaction.begin(await this.#pool());
    scope.tx = tx;
    scope.key = record.idempotencyKey;
    // Nobody else sees it before the commit, so it may say COMPLETED at once.
    const holder = await claimKey(tx, record, 'COMPLETED');
    if (holder === undefined) return;
    await this.#rollBack(scope);
    throw alreadyExists(holder);
  }

  protected async _updateRecord(record: IdempotencyRecord): Promise<void> {
    const { tx, key } = this.#scope();
    if (tx === undefined || key === undefined) throw new Error('There is no claim to complete.');
    // Powertools puts the layer's prefix of this moment before it, which may be that of other work by now.
    record.idempotencyKey = key;
    if (record.responseData !== undefined) await completeKey(tx, record, 'COMPLETED');
    await tx.commit();
  }

  protected async _deleteRecord(): Promise<void> {
    await this.#rollBack(this.#scope());
  }

  protected async _getRecord(key: string): Promise<IdempotencyRecord> {
    return foundOr(await findKey(await this.#pool(), key));
  }

  async #rollBack(scope: Scope): Promise<void> {
    await scope.tx?.rollback();
    delete scope.tx;
  }
}

// On one layer: it would need a second connection while it holds one, which the last ones of a pool wait for in vain.
const nested = () => new Error('Idempotent work cannot be nested in the transaction of another.');

const alreadyExists = (holder: IdempotencyRecord) =>
  new IdempotencyItemAlreadyExistsError('The idempotency key is taken.', holder);

function foundOr(record: IdempotencyRecord | undefined): IdempotencyRecord {
  if (record === undefined)
    throw new IdempotencyItemNotFoundError('There is no record for the idempotency key.');
  return record;
}

/** Powertools looks at names and runs the work again for some of its own, and it hides what is not an Error. */
function plainError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error), { cause: error });
  return error.name.startsWith('Idempotency') ? new Error(error.message, { cause: error }) : error;
}

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
import type { GetPool } from './database.ts';
import { claimKey, completeKey, findKey, releaseKey } from './idempotency.queries.ts';
import { inTransaction, Transaction } from './transaction.ts';

/**
 * Stores Powertools idempotency records in Postgres, each on a connection of its own. For work
 * outside Postgres, such as a call to a provider. If the process dies between the call and the
 * completed record, the work runs again after the claim has expired: at least once around a crash,
 * once otherwise.
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
    return orNotFound(await findKey(await this.#pool(), key));
  }
}

/** Claim of one call of idempotent work. */
interface Scope {
  tx?: Transaction;
  key?: string;
}

export interface BindOptions {
  readonly config: IdempotencyConfig;
  /**
   * Prefix of every key. Required: the default is the function's name, so a rename would lose all
   * records.
   */
  readonly keyPrefix: string;
}

/**
 * Binds Powertools idempotency to the transaction of the work: claiming the key begins the
 * transaction, completing the record commits, and deleting the record rolls back. Record and
 * effects commit together, so a crash leaves no half-done state and each effect in Postgres happens
 * once.
 */
export class TransactionPersistenceLayer extends BasePersistenceLayer {
  readonly #pool: GetPool;
  readonly #scopes = new AsyncLocalStorage<Scope>();

  constructor(pool: GetPool) {
    super();
    this.#pool = pool;
  }

  /**
   * Makes `work` idempotent. A statement that `work` does not await fails after the commit instead
   * of writing outside the transaction. A duplicate waits for the first call and returns its
   * result, parsed from JSON.
   * @throws the error of `work`, after a rollback; IdempotencyPersistenceLayerError with a `cause`
   * if Postgres fails.
   */
  bind<Input, Result>(
    work: (input: Input, tx: Transaction) => Promise<Result>,
    { config, keyPrefix }: BindOptions,
  ): (input: Input) => Promise<Result> {
    return async (input) => {
      if (this.#scopes.getStore()?.tx !== undefined) throw nestedError();
      const options = { persistenceStore: this, config, keyPrefix };
      const idempotent = makeIdempotent((_: Input) => this.#run(work, input), options);
      return this.#scopes.run({}, async () => {
        const scope = this.#scope();
        try {
          // Powertools hashes the input again after the work, which may have changed its own copy.
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
      // POWERTOOLS_IDEMPOTENCY_DISABLED skips the claim, so no transaction has begun.
      return tx === undefined
        ? await inTransaction(await this.#pool(), (own) => work(input, own))
        : await work(input, tx);
    } catch (error) {
      throw toPlainError(error);
    }
  }

  #scope(): Scope {
    const scope = this.#scopes.getStore();
    if (scope === undefined)
      throw new Error('TransactionPersistenceLayer works only through bind().');
    return scope;
  }

  /**
   * Sets a deadline of 1 ms, because Powertools warns without one. The deadline has no effect here:
   * a claim ends with its transaction. Passes further arguments on: Powertools plans to add a
   * record identity.
   */
  override saveInProgress(
    ...args: Parameters<BasePersistenceLayer['saveInProgress']>
  ): Promise<void> {
    const [data, _remainingTimeMs, ...rest] = args;
    return super.saveInProgress(data, 1, ...rest);
  }

  protected async _putRecord(record: IdempotencyRecord): Promise<void> {
    const scope = this.#scope();
    if (scope.tx !== undefined) throw nestedError();
    const tx = await Transaction.begin(await this.#pool());
    scope.tx = tx;
    scope.key = record.idempotencyKey;
    // COMPLETED at once: other sessions see the record only after the commit.
    const holder = await claimKey(tx, record, 'COMPLETED');
    if (holder === undefined) return;
    await this.#rollBack(scope);
    throw alreadyExists(holder);
  }

  protected async _updateRecord(record: IdempotencyRecord): Promise<void> {
    const { tx, key } = this.#scope();
    if (tx === undefined || key === undefined) throw new Error('There is no claim to complete.');
    // Powertools builds the key with the layer's present prefix, which other work may have changed
    // meanwhile.
    record.idempotencyKey = key;
    if (record.responseData !== undefined) await completeKey(tx, record, 'COMPLETED');
    await tx.commit();
  }

  protected async _deleteRecord(): Promise<void> {
    await this.#rollBack(this.#scope());
  }

  protected async _getRecord(key: string): Promise<IdempotencyRecord> {
    return orNotFound(await findKey(await this.#pool(), key));
  }

  async #rollBack(scope: Scope): Promise<void> {
    await scope.tx?.rollback();
    delete scope.tx;
  }
}

// Nested work would need a second connection while holding the first, which can exhaust the pool
// forever.
const nestedError = () =>
  new Error('Idempotent work cannot be nested in the transaction of another.');

const alreadyExists = (holder: IdempotencyRecord) =>
  new IdempotencyItemAlreadyExistsError('The idempotency key is taken.', holder);

function orNotFound(record: IdempotencyRecord | undefined): IdempotencyRecord {
  if (record === undefined)
    throw new IdempotencyItemNotFoundError('There is no record for the idempotency key.');
  return record;
}

/**
 * Replaces errors whose names begin with `Idempotency`, because Powertools runs the work again
 * for some of them. Wraps a thrown value that is not an Error, because Powertools would drop it.
 */
function toPlainError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error), { cause: error });
  return error.name.startsWith('Idempotency') ? new Error(error.message, { cause: error }) : error;
}

import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { beforeAll, beforeEach } from '@jest/globals';
import { TransactionPersistenceLayer } from '../../../lambdas/platform/postgres/idempotency.ts';
import type { Transaction } from '../../../lambdas/platform/postgres/transaction.ts';
import { type TestDatabase, useDatabase } from '../postgres/database.ts';
import type { Settings } from './idempotency-harness.ts';

export interface Order {
  id: string | undefined;
  amount?: number;
}

/** Creates a table to which idempotent work writes one row for each effect. */
export function useEffects() {
  const database = useDatabase({ connections: 30 });
  const aLayer = (pool = () => database.pool) =>
    new TransactionPersistenceLayer(async () => pool());

  beforeAll(async () => {
    // COMMIT alone checks the second constraint, because it is deferred.
    await database.pool.query(`
      create table effects (
        key text not null check (key <> 'refused'),
        late text unique deferrable initially deferred
      )`);
  });
  beforeEach(() => database.pool.query('truncate effects, portal.idempotency_records'));

  return {
    database,
    aLayer,
    bound<Result>(
      work: (order: Order, tx: Transaction) => Promise<Result>,
      { settings = {} as Settings, keyPrefix = 'orders', layer = aLayer() } = {},
    ) {
      const config = new IdempotencyConfig({
        eventKeyJmesPath: 'id',
        throwOnNoIdempotencyKey: true,
        ...settings,
      });
      return layer.bind(work, { config, keyPrefix });
    },
    left: () => whatIsLeft(database),
  };
}

export const effect = (tx: Transaction, key = 'effect') =>
  tx.query('insert into effects (key) values ($1::text)', [key]);

export const nothing = { effects: 0, records: 0, open: 0 };
export const once = { effects: 1, records: 1, open: 0 };

/** Counts effects, records, and transactions that are still open. */
async function whatIsLeft({ pool }: TestDatabase) {
  const { rows } = await pool.query<typeof nothing>(`
    select (select count(*)::int from effects) as effects,
           (select count(*)::int from portal.idempotency_records) as records,
           (select count(*)::int from pg_stat_activity
            where datname = current_database() and state like 'idle in transaction%') as open`);
  return rows[0];
}

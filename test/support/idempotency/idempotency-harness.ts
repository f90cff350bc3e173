import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import { jest } from '@jest/globals';
import type { Context } from 'aws-lambda';
import type pg from 'pg';
import type {
  BindOptions,
  TransactionPersistenceLayer,
} from '../../../lambdas/platform/postgres/idempotency.ts';
import type { Transaction } from '../../../lambdas/platform/postgres/transaction.ts';
import { eventually } from '../eventually.ts';

export type Settings = NonNullable<ConstructorParameters<typeof IdempotencyConfig>[0]>;
type Input = Readonly<Record<string, unknown>>;
export type Work = (input: Input, tx?: Transaction) => Promise<unknown>;

export interface Subject {
  wrap(work: Work): (input: Input) => Promise<unknown>;
}
/** Creates a layer with a key prefix of its own, so that each scenario starts without records. */
export type Harness = (settings: Settings & { readonly remainingMs?: number }) => Subject;

let prefixes = 0;

function configured({ remainingMs = 30_000, ...settings }: Parameters<Harness>[0]): BindOptions {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'id',
    throwOnNoIdempotencyKey: true,
    ...settings,
  });
  config.registerLambdaContext({ getRemainingTimeInMillis: () => remainingMs } as Context);
  prefixes += 1;
  return { config, keyPrefix: `scenario-${prefixes}` };
}

export const own =
  (layer: () => BasePersistenceLayer): Harness =>
  (settings) => {
    const options = { persistenceStore: layer(), ...configured(settings) };
    return { wrap: (work) => makeIdempotent((input: Input) => work(input), options) };
  };

export const transactional =
  (layer: () => TransactionPersistenceLayer): Harness =>
  (settings) => {
    const [store, options] = [layer(), configured(settings)];
    return { wrap: (work) => store.bind(work, options) };
  };

export const waitForOthers = (holds: () => boolean | Promise<boolean>) =>
  eventually(holds, (held) => held);

/** Moves the clock of Powertools and of the layers forward; timers are not affected. */
export function clockGoesForward(ms: number): void {
  const at = Date.now() + ms;
  jest.spyOn(Date, 'now').mockReturnValue(at);
}

/** Blocks work until the test opens the gate. */
export function aGate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

/** Counts the sessions that wait for a lock of another session. */
export async function blockedSessions(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ blocked: number }>(`
    select count(*)::int as blocked from pg_stat_activity
    where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`);
  return rows[0]?.blocked ?? 0;
}

import { writeSync } from 'node:fs';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context } from 'aws-lambda';
import type pg from 'pg';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { PostgresPersistenceLayer } from '../../../lambdas/platform/postgres/idempotency.ts';

export const REMAINING_MS = 60_000;

export interface ExternalCallOrder {
  readonly url: string;
  readonly id: string;
}

/** Creates an idempotent function whose effect cannot be rolled back, like a call to a provider. */
export function makeCall(
  pool: pg.Pool,
  afterwards: (id: string) => Promise<void> = async () => {},
) {
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true });
  config.registerLambdaContext({ getRemainingTimeInMillis: () => REMAINING_MS } as Context);
  return makeIdempotent(
    async ({ id }: { id: string }) => {
      await pool.query('insert into calls (id) values ($1::text)', [id]);
      await afterwards(id);
      return `called for ${id}`;
    },
    {
      persistenceStore: new PostgresPersistenceLayer(async () => pool),
      config,
      keyPrefix: 'calls',
    },
  );
}

// Started as a process, this file calls once and pauses inside the call until a line arrives on
// stdin.
if (process.argv[2] !== undefined && import.meta.filename === process.argv[1]) {
  const { url, id } = JSON.parse(process.argv[2]) as ExternalCallOrder;
  const pool = openDatabase({ url, connections: 2, applicationName: 'external-call-child' });
  const call = makeCall(pool, async () => {
    writeSync(1, '@reached\n');
    await new Promise((resolve) => process.stdin.once('data', resolve));
  });
  const result = await call({ id }).catch((error: Error) => error.cause);
  writeSync(1, `@outcome ${result}\n`);
  process.stdin.destroy();
  await pool.end();
}

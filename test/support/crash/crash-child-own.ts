import { writeSync } from 'node:fs';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context } from 'aws-lambda';
import type pg from 'pg';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { PostgresPersistenceLayer } from '../../../lambdas/platform/postgres/idempotency.ts';

export const REMAINING_MS = 60_000;

export interface OwnOrder {
  readonly url: string;
  readonly id: string;
}

/** Stands for work that is not only in Postgres: its effect cannot be rolled back. */
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

// Started as a process: it is in the midst of its work until a line comes on stdin.
if (process.argv[2] !== undefined && import.meta.filename === process.argv[1]) {
  const { url, id } = JSON.parse(process.argv[2]) as OwnOrder;
  const pool = openDatabase({ url, connections: 2, applicationName: 'crash-child-own' });
  const call = makeCall(pool, async () => {
    writeSync(1, '@reached\n');
    await new Promise((resolve) => process.stdin.once('data', resolve));
  });
  const answer = await call({ id }).catch((error: Error) => error.cause);
  writeSync(1, `@outcome ${answer}\n`);
  process.stdin.destroy();
  await pool.end();
}

import { afterEach, expect, test } from '@jest/globals';
import type pg from 'pg';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { inTransaction } from '../../../lambdas/platform/postgres/transaction.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
let pool: pg.Pool;

afterEach(() => pool.end());

const SUM = 'select $1::integer + 1 as sum';

const openPool = (prepares: boolean) =>
  openDatabase({ url: database.url, connections: 1, applicationName: 'prepared', prepares });

const sum = (value: number) => inTransaction(pool, (tx) => tx.query<{ sum: number }>(SUM, [value]));

test.each([
  ['keeps', true, [{ total: '2' }]],
  ['does not keep', false, []],
])(
  'the server %s statements for later transactions with prepares = %s',
  async (_, prepares, expected) => {
    pool = openPool(prepares);

    await sum(1);
    const { rows } = await sum(2);
    const kept = await pool.query(
      `select calls.total
     from (select generic_plans + custom_plans as total from pg_prepared_statements) as calls`,
    );

    expect(rows).toEqual([{ sum: 3 }]);
    expect(kept.rows).toEqual(expected);
  },
);

test('prepares a statement whose first use followed a failed statement', async () => {
  pool = openPool(true);
  const failing = inTransaction(pool, async (tx) => {
    const [one, other] = [tx.query('select 1/0'), tx.query(SUM, [1])];
    tx.deferUntilCommit(other);
    tx.deferUntilCommit(one);
  });
  await expect(failing).rejects.toMatchObject({ code: '22012' });

  const { rows } = await sum(2);

  expect(rows).toEqual([{ sum: 3 }]);
});

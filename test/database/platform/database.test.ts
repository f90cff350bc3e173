import type { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { inTransaction, Transaction } from '../../../lambdas/platform/postgres/transaction.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();

const SUM = 'select $1::integer + 1 as sum';

test('a transaction commits what its work wrote', async () => {
  await inTransaction(database.pool, (tx) =>
    tx.query(`insert into portal.users (email, name) values ('a@example.org', 'A')`),
  );

  const { rows } = await database.pool.query('select name from portal.users');
  expect(rows).toEqual([{ name: 'A' }]);
});

test('what was said travels together at the end of the turn, and is on its way for who waits for that', async () => {
  const { stream } = await openSocket();
  const tx = await Transaction.begin(database.pool);
  tx.deferUntilCommit(tx.query('select 1'));

  const heldBack = stream.writableLength;
  await tx.sent();
  const left = stream.writableLength;
  await tx.commit();

  expect(heldBack).toBeGreaterThan(0);
  expect(left).toBe(0);
});

/** Of the connection that the next transaction gets. */
async function openSocket() {
  const client = await database.pool.connect();
  client.release();
  return (client as typeof client & { readonly connection: { readonly stream: Socket } })
    .connection;
}

test('a transaction whose work throws leaves nothing behind and keeps the error', async () => {
  const working = inTransaction(database.pool, async (tx) => {
    await tx.query(`insert into portal.users (email, name) values ('b@example.org', 'B')`);
    throw new Error('on purpose');
  });

  await expect(working).rejects.toThrow('on purpose');
  const { rowCount } = await database.pool.query(`select from portal.users where name = 'B'`);
  expect(rowCount).toBe(0);
});

test('a swallowed SQL error does not pass for a commit', async () => {
  const tx = await Transaction.begin(database.pool);
  await tx.query('select 1/0').catch(() => {});

  await expect(tx.commit()).rejects.toThrow('ROLLBACK');
});

test('a handle that outlives its transaction writes nothing', async () => {
  const leaked = await inTransaction(database.pool, async (tx) => tx);

  await expect(leaked.query('select 1')).rejects.toThrow('has ended');
});

test('a session that the server ends while it is checked out fails its transaction and not the process', async () => {
  const tx = await Transaction.begin(database.pool);
  const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
  await database.pool.query('select pg_terminate_backend($1::int)', [rows[0]?.pid]);

  await expect(tx.commit()).rejects.toThrow();
  await expect(database.pool.query('select 1 as one')).resolves.toMatchObject({
    rows: [{ one: 1 }],
  });
});

test('of statements that were sent together, the error that counts is that of the first that failed', async () => {
  const working = inTransaction(database.pool, async (tx) => {
    const writes = [tx.query('select 1/0'), tx.query('select 2'), tx.query('select 3')];
    tx.deferUntilCommit(Promise.all(writes.slice(1)));
    tx.deferUntilCommit(writes[0] as Promise<unknown>);
  });

  await expect(working).rejects.toMatchObject({ code: '22012' });
});

test.each([true, false])(
  'where statements may be kept (%s), the second transaction finds those of the first',
  async (prepares) => {
    const pool = openDatabase({
      url: database.url,
      connections: 1,
      applicationName: 'kept',
      prepares,
    });
    const ask = (value: number) =>
      inTransaction(pool, (tx) => tx.query<{ sum: number }>(SUM, [value]));
    await ask(1);
    const { rows } = await ask(2);
    const kept = await pool.query(
      'select calls.total from (select generic_plans + custom_plans as total from pg_prepared_statements) as calls',
    );
    await pool.end();

    expect(rows).toEqual([{ sum: 3 }]);
    expect(kept.rows).toEqual(prepares ? [{ total: '2' }] : []);
  },
);

test('a statement that was sent after one that failed can be kept later', async () => {
  const pool = openDatabase({
    url: database.url,
    connections: 1,
    applicationName: 'kept',
    prepares: true,
  });
  const failing = inTransaction(pool, async (tx) => {
    const [one, other] = [tx.query('select 1/0'), tx.query(SUM, [1])];
    tx.deferUntilCommit(other);
    tx.deferUntilCommit(one);
  });
  await expect(failing).rejects.toMatchObject({ code: '22012' });

  const { rows } = await inTransaction(pool, (tx) => tx.query<{ sum: number }>(SUM, [2]));
  await pool.end();
  expect(rows).toEqual([{ sum: 3 }]);
});

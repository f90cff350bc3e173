import { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { expect, test } from '@jest/globals';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { claimKey } from '../../../lambdas/platform/postgres/idempotency.queries.ts';
import { inTransaction, Transaction } from '../../../lambdas/platform/postgres/transaction.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();

test('a transaction commits the writes of its work', async () => {
  await inTransaction(database.pool, (tx) =>
    tx.query(`insert into portal.users (email, name) values ('a@example.org', 'A')`),
  );

  const { rows } = await database.pool.query('select name from portal.users');
  expect(rows).toEqual([{ name: 'A' }]);
});

test('sends each statement at once, without waiting for the result of an earlier one', async () => {
  const socket = await nextSocket();
  const tx = await Transaction.begin(database.pool);
  const sent = [socket.bytesWritten];

  const results = ['select 1', 'select 2'].map((text) => {
    const result = tx.query(text);
    sent.push(socket.bytesWritten);
    return result;
  });

  expect(sent).toEqual([...new Set(sent)].sort((one, other) => one - other));
  await Promise.all(results);
  await tx.commit();
});

/** Returns the socket of the connection that the next transaction uses. */
async function nextSocket(): Promise<{ readonly bytesWritten: number }> {
  const client = await database.pool.connect();
  client.release();
  return (
    client as typeof client & {
      readonly connection: { readonly stream: { readonly bytesWritten: number } };
    }
  ).connection.stream;
}

test('a transaction whose work throws writes nothing and rethrows the error', async () => {
  const working = inTransaction(database.pool, async (tx) => {
    await tx.query(`insert into portal.users (email, name) values ('b@example.org', 'B')`);
    throw new Error('on purpose');
  });

  await expect(working).rejects.toThrow('on purpose');
  const { rowCount } = await database.pool.query(`select from portal.users where name = 'B'`);
  expect(rowCount).toBe(0);
});

test('rejects the commit after a swallowed SQL error', async () => {
  const tx = await Transaction.begin(database.pool);
  await tx.query('select 1/0').catch(() => {});

  await expect(tx.commit()).rejects.toThrow('ROLLBACK');
});

test('rejects a statement after the end of the transaction', async () => {
  const leaked = await inTransaction(database.pool, async (tx) => tx);

  await expect(leaked.query('select 1')).rejects.toThrow('has ended');
});

test('survives a session that the server ends while its client is checked out', async () => {
  const tx = await Transaction.begin(database.pool);
  const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
  await database.pool.query('select pg_terminate_backend($1::int)', [rows[0]?.pid]);

  await expect(tx.commit()).rejects.toThrow();
  await expect(database.pool.query('select 1 as one')).resolves.toMatchObject({
    rows: [{ one: 1 }],
  });
});

test('reports the first failed statement of several that were sent together', async () => {
  const working = inTransaction(database.pool, async (tx) => {
    const writes = [tx.query('select 1/0'), tx.query('select 2'), tx.query('select 3')];
    tx.deferUntilCommit(Promise.all(writes.slice(1)));
    tx.deferUntilCommit(writes[0] as Promise<unknown>);
  });

  await expect(working).rejects.toMatchObject({ code: '22012' });
});

test('runs at READ COMMITTED, whatever the default of the session is', async () => {
  const pool = openDatabase({ url: database.url, connections: 1, applicationName: 'isolation' });
  try {
    await pool.query(`set default_transaction_isolation to 'serializable'`);

    const { rows } = await inTransaction(pool, (tx) => tx.query('show transaction_isolation'));

    expect(rows).toEqual([{ transaction_isolation: 'read committed' }]);
  } finally {
    await pool.end();
  }
});

test('claims a key whose deadline has fractions of a millisecond', async () => {
  const record = new IdempotencyRecord({
    idempotencyKey: 'fraction',
    status: 'INPROGRESS',
    expiryTimestamp: Math.floor(Date.now() / 1000) + 60,
    inProgressExpiryTimestamp: Date.now() + 1_234.567,
  });

  await expect(claimKey(database.pool, record, 'INPROGRESS')).resolves.toBeUndefined();
});

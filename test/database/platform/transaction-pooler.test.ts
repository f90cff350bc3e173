import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { inTransaction } from '../../../lambdas/platform/postgres/transaction.ts';
import { makeTransactionPooler } from '../../../local/postgres/transaction-pooler.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
const SERVER_CONNECTIONS = 3;

let server: Server;
let url: string;
beforeAll(async () => {
  const { hostname: host, port } = new URL(database.url);
  server = makeTransactionPooler({
    host,
    port: Number(port),
    serverConnections: SERVER_CONNECTIONS,
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const pooled = new URL(database.url);
  pooled.port = String((server.address() as AddressInfo).port);
  url = pooled.toString();
  await database.pool.query('create table counters (id int primary key, value int not null)');
});
afterAll(() => {
  server.close();
});

const openPool = (connections = 20) =>
  openDatabase({ url, connections, applicationName: 'pooler-test' });

describe('the pooler', () => {
  test('runs the transactions of many clients on few connections', async () => {
    const pool = openPool();
    await database.pool.query('insert into counters values (1, 0)');
    const pids = await Promise.all(
      Array.from({ length: 60 }, () =>
        inTransaction(pool, async (tx) => {
          tx.deferUntilCommit(tx.query('update counters set value = value + 1 where id = 1'));
          const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
          return rows[0]?.pid;
        }),
      ),
    );
    await pool.end();

    const { rows } = await database.pool.query('select value from counters where id = 1');
    expect(rows).toEqual([{ value: 60 }]);
    expect(new Set(pids).size).toBeLessThanOrEqual(SERVER_CONNECTIONS);
  });

  test('gives the next transaction of a client another connection', async () => {
    const client = new pg.Client(url);
    await client.connect();
    const pids = [];
    for (let index = 0; index < 10; index += 1)
      pids.push((await client.query('select pg_backend_pid() as pid')).rows[0]?.pid);
    await client.end();

    expect(new Set(pids).size).toBeGreaterThan(1);
  });

  test('rolls back the transaction of a client that leaves', async () => {
    await database.pool.query('insert into counters values (2, 0)');
    const client = new pg.Client(url);
    client.on('error', () => {});
    await client.connect();
    await client.query('begin; update counters set value = 1 where id = 2');
    (
      client as unknown as { connection: { stream: { destroy(): void } } }
    ).connection.stream.destroy();

    // Waits for the lock of the open transaction.
    await database.pool.query('update counters set value = value + 10 where id = 2');
    const { rows } = await database.pool.query('select value from counters where id = 2');
    expect(rows).toEqual([{ value: 10 }]);
  });

  test('reports a lost connection to the server', async () => {
    const client = new pg.Client(url);
    client.on('error', () => {});
    await client.connect();
    await client.query('begin');
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    // Expects the error before its cause: it can arrive before the answer to the other query.
    const reported = expect(client.query('select pg_sleep(30)')).rejects.toMatchObject({
      code: expect.stringMatching(/^(57P01|08006)$/),
    });
    await database.pool.query('select pg_terminate_backend($1::int)', [rows[0]?.pid]);

    await reported;
    await client.end().catch(() => {});
  });
});

import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type pg from 'pg';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';
import { inTransaction } from '../../../lambdas/platform/postgres/transaction.ts';
import { DatabaseUnavailableError } from '../../../lambdas/platform/postgres/unavailable.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();

let proxy: Server;
let pool: pg.Pool;
let isDead = false;

/**
 * Proxies to Postgres. A dead proxy drops all data and keeps the socket open, like a NAT that
 * forgot it.
 */
beforeEach(async () => {
  isDead = false;
  const { hostname, port } = new URL(database.url);
  const sockets: Socket[] = [];
  proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    sockets.push(client, server);
    client.on('data', (data) => !(isDead && sockets.indexOf(client) === 0) && server.write(data));
    server.on('data', (data) => client.write(data));
    for (const socket of [client, server]) socket.on('error', () => {});
    client.on('close', () => server.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = new URL(database.url);
  url.port = String((proxy.address() as { port: number }).port);
  pool = openDatabase({
    url: url.toString(),
    connections: 1,
    applicationName: 'test',
    queryTimeoutMs: 300,
  });
});

afterEach(async () => {
  await pool.end();
  proxy.close();
});

test('closes a dead connection after a timeout and opens another for the next work', async () => {
  const work = () => inTransaction(pool, async (tx) => (await tx.query('select 1 as one')).rows);
  await expect(work()).resolves.toEqual([{ one: 1 }]);
  isDead = true;

  await expect(work()).rejects.toThrow(DatabaseUnavailableError);
  await expect(work()).resolves.toEqual([{ one: 1 }]);
});

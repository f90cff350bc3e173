import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { type PostgresServer, startPostgres } from '../../../local/postgres/postgres.ts';
import { watchDatabase } from '../../../local/postgres/watch-database.ts';
import { makeTemporaryDirectory } from '../../../local/temporary-directory.ts';
import { eventually } from '../../support/eventually.ts';

jest.setTimeout(60_000);

const directory = makeTemporaryDirectory('local-postgres');
let postgres: PostgresServer;

beforeAll(async () => {
  postgres = await startPostgres({
    dataDirectory: join(directory.path, 'postgres'),
    durable: false,
  });
});
afterAll(async () => {
  await postgres.stop();
  directory.remove();
});

const url = () => postgres.url('postgres');

async function query(text: string): Promise<readonly unknown[]> {
  const client = new pg.Client(url());
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

async function occupy(port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

test('a restart keeps the address, and fails while another process has the port', async () => {
  const address = url();
  await query('create table kept as select 1 as one');
  await postgres.stop();
  const other = await occupy(Number(new URL(address).port));

  await expect(postgres.restart()).rejects.toThrow(
    `Postgres cannot start: port ${new URL(address).port} of 127.0.0.1 is in use`,
  );

  await new Promise((resolve) => other.close(resolve));
  await postgres.restart();
  expect(url()).toBe(address);
  expect(await query('select one from kept')).toEqual([{ one: 1 }]);
});

test('a database that dies is reported at once, and its recovery too', async () => {
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  const stopWatching = watchDatabase({ url: url(), isManaged: true }, { warn: note, print: note });
  const connected = () =>
    query(`select from pg_stat_activity where application_name = 'local-mode-watch'`);
  await eventually(connected, ({ length }) => length === 1);

  await postgres.kill();
  await eventually(
    () => lines,
    ({ length }) => length > 0,
  );
  expect(lines).toEqual([
    expect.stringMatching(/^Postgres at 127\.0\.0\.1:\d+\/postgres has died/),
  ]);

  await postgres.restart();
  await eventually(
    () => lines,
    ({ length }) => length > 1,
  );
  expect(lines[1]).toBe('Postgres answers again.');
  await stopWatching();
  expect(await eventually(connected, ({ length }) => length === 0)).toEqual([]);
  expect(lines).toHaveLength(2);
});

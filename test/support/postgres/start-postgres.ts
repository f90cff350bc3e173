import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { migrate } from '../../../lambdas/platform/postgres/migrate.ts';
import { startPostgres } from '../../../local/postgres/postgres.ts';

/** One server for the run, with a migrated template that each test file clones. */
export default async function start(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mm-test-'));
  // Run by root, Postgres is another user, who has to pass through to its own directory.
  chmodSync(directory, 0o711);
  const dataDirectory = join(directory, 'postgres');
  const server = await startPostgres({ dataDirectory, durable: false });
  const client = new pg.Client(server.url('postgres'));
  await client.connect();
  await client.query('create database template_portal');
  await client.end();
  await migrate(server.url('template_portal'), resolve('migrations'));
  process.env['TEST_POSTGRES_URL'] = server.url('postgres');
  Object.assign(globalThis, { testPostgres: { server, dataDirectory } });
}

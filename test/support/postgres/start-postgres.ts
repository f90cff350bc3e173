import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { migrate } from '../../../lambdas/platform/postgres/migrate.ts';
import { startPostgres } from '../../../local/postgres/postgres.ts';

/** Starts one server for the test run, with a migrated template database for the test files. */
export default async function start(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mm-test-'));
  // Postgres does not run as root. Its user needs access to the data directory inside this one.
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

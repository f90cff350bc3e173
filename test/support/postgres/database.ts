import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import pg from 'pg';
import { openDatabase } from '../../../lambdas/platform/postgres/database.ts';

export interface TestDatabase {
  url: string;
  pool: pg.Pool;
}

/** Clones a database from the migrated template for one test file, and drops it after the tests. */
export function useDatabase({ connections = 10 } = {}): TestDatabase {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const database = {} as TestDatabase;

  beforeAll(async () => {
    await administer(`create database ${name} template template_portal`);
    database.url = serverUrl().replace(/\/postgres$/, `/${name}`);
    database.pool = openDatabase({
      url: database.url,
      connections,
      applicationName: name,
      prepares: true,
    });
  });
  afterAll(async () => {
    await database.pool.end();
    await administer(`drop database ${name} with (force)`);
  });
  return database;
}

function serverUrl(): string {
  const url = process.env['TEST_POSTGRES_URL'];
  if (url === undefined)
    throw new Error('TEST_POSTGRES_URL is not set. Only the database project starts a server.');
  return url;
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client(serverUrl());
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

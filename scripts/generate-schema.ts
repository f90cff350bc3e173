import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../lambdas/platform/postgres/migrate.ts';
import { startPostgres } from '../local/postgres/postgres.ts';
import { describeSchema } from './describe-schema.ts';

const migrations = join(import.meta.dirname, '../migrations');
const directory = mkdtempSync(join(tmpdir(), 'mm-schema-'));
chmodSync(directory, 0o711);
const server = await startPostgres({ dataDirectory: join(directory, 'postgres'), durable: false });
try {
  const url = server.url('postgres');
  const applied = await migrate(url, migrations);
  const client = new pg.Client(url);
  await client.connect();
  writeFileSync(join(migrations, 'schema.sql'), await describeSchema(client, 'portal'));
  await client.end();
  console.log(`Wrote migrations/schema.sql from ${applied.length} migrations.`);
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../lambdas/platform/postgres/migrate.ts';
import { startPostgres } from '../local/postgres/postgres.ts';
import { makeTemporaryDirectory } from '../local/temporary-directory.ts';

export interface BenchDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Of every database of the server, the other one: watching from there adds nothing to what is counted here. */
  readonly watchUrl: string;
  stop(): Promise<void>;
}

// What Postgres comes with is for a small machine. A server of its own keeps its busy pages in memory, and does not stop
// for a checkpoint in the middle of a measurement.
const LIKE_A_SERVER = { max_wal_size: '4GB', shared_buffers: '2GB' };

/** Durable, as in production: what is committed has been written to the disk. */
export async function openBenchDatabase(
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchDatabase> {
  const directory = makeTemporaryDirectory('bench');
  const server = await startPostgres({
    dataDirectory: join(directory.path, 'postgres'),
    durable: true,
    settings: { ...LIKE_A_SERVER, ...settings },
  });
  const client = new pg.Client(server.url('postgres'));
  await client.connect();
  await client.query('create database bench');
  await client.end();
  const url = server.url('bench');
  await migrate(url, join(import.meta.dirname, '..', 'migrations'));
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'bench' });
  pool.on('error', () => {});
  return {
    ...{ url, pool, watchUrl: server.url('postgres') },
    async stop() {
      await pool.end();
      await server.stop();
      directory.remove();
    },
  };
}

/** Each variant begins with the same tables, and no checkpoint of another's work falls into its time. */
export async function clearTables(pool: pg.Pool): Promise<void> {
  await pool.query(
    'truncate portal.users, portal.assets, portal.webhook_events, portal.idempotency_records, portal.outbox cascade',
  );
  await pool.query('checkpoint');
}

import { join } from 'node:path';
import pg from 'pg';
import type { PreparingPoolConfig } from '../lambdas/platform/postgres/database.ts';
import { migrate } from '../lambdas/platform/postgres/migrate.ts';
import { startPostgres } from '../local/postgres/postgres.ts';
import { makeTemporaryDirectory } from '../local/temporary-directory.ts';
import { eventually } from '../test/support/eventually.ts';

export type BenchDatabase = Awaited<ReturnType<typeof openBenchDatabase>>;

// The defaults fit a small machine. These keep checkpoints out of a measurement.
const SETTINGS = { max_wal_size: '4GB', shared_buffers: '2GB', track_commit_timestamp: 'on' };

/** Starts a durable server: a commit returns after its write to the disk, as in production. */
export async function openBenchDatabase() {
  const directory = makeTemporaryDirectory('bench');
  const dataDirectory = join(directory.path, 'postgres');
  const server = await startPostgres({ dataDirectory, durable: true, settings: SETTINGS });
  const url = server.url('bench');
  const [pool, admin] = [openPool(url), openPool(server.url('postgres'))];
  await admin.query('create database bench');
  await migrate(url, join(import.meta.dirname, '..', 'migrations'));
  return {
    url,
    pool,
    /** Connected to another database, so that it can copy and drop databases. */
    admin,
    async stop() {
      await Promise.all([pool.end(), admin.end()]);
      await server.stop();
      directory.remove();
    },
  };
}

// The timeout is longer than any statement of a part, so that only a hang ends it.
const POOL = { prepares: true, statementTimeoutMs: 120_000 };

/** Opens a pool as most do, without pipelining. Transactions prepare their statements. */
export function openPool(connectionString: string, max = 2): pg.Pool {
  const options: PreparingPoolConfig = { ...POOL, connectionString, max };
  const pool = new pg.Pool(options);
  pool.on('error', () => {});
  return pool;
}

/** Empties the tables before each variant and keeps checkpoints of earlier work out of its time. */
export async function clearTables(pool: pg.Pool): Promise<void> {
  const ledger = 'portal.webhook_events, portal.idempotency_records';
  await pool.query(`truncate portal.users, ${ledger}, portal.outbox cascade`);
  await pool.query('checkpoint');
}

const COUNTS = `
  select count(*) filter (where status = 'processed' and body is not null)::int as processed,
         count(*) filter (where status <> 'processed')::int as failed,
         (select count(*)::int from portal.asset_events) as effects
  from portal.webhook_events`;

// A row of asset_events is written once, by the transaction of the effect. Percentiles are
// milliseconds from the arrival of an event's first delivery to that commit.
const TIMES = `
  with effect as (
    select extract(epoch from pg_xact_commit_timestamp(effect.xmin)) * 1000 as at,
           extract(epoch from received_at) * 1000 as received
    from portal.asset_events as effect join portal.webhook_events using (source, event_id)
  )
  select max(at)::float8 as "lastAt",
         percentile_cont(0.5) within group (order by at - received) as p50,
         percentile_cont(0.99) within group (order by at - received) as p99
  from effect`;

/**
 * Waits for the effects of all events. `lastAt` is the last commit in milliseconds of the epoch.
 * @throws unless each event was applied exactly once and exactly the poison failed.
 */
export async function awaitEffects(
  pool: pg.Pool,
  name: string,
  eventIds: ReadonlySet<string>,
): Promise<Readonly<Record<'lastAt' | 'p50' | 'p99', number>>> {
  const failed = [...eventIds].filter((id) => id.startsWith('poison-')).length;
  const processed = eventIds.size - failed;
  const expected = JSON.stringify({ processed, failed, effects: processed });
  const read = async () => JSON.stringify((await pool.query(COUNTS)).rows[0]);
  const found = await eventually(read, (counts) => counts === expected, 120_000);
  if (found !== expected) throw new Error(`${name}: found ${found} instead of ${expected}`);
  return (await pool.query(TIMES)).rows[0];
}

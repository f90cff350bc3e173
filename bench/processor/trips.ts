import pg from 'pg';
import { type BenchDatabase, clearTables } from '../database.ts';
import type { Finding } from '../report.ts';
import { finding } from '../samples.ts';
import { startProxy } from './delay-proxy.ts';
import { insertFilms, type LoadSettings } from './load.ts';
import type { Writers } from './writers.ts';

const QUIET = ['video.upload.asset_created', 'video.asset.created'];
const WITH_NEWS = [...QUIET, 'video.asset.ready'];

/** Fresh events on one connection, one batch after the other: what each batch costs in commits and in waiting. */
export async function countTrips(
  database: BenchDatabase,
  writers: Writers,
): Promise<readonly Finding[]> {
  const watch = new pg.Client(database.watchUrl);
  watch.on('error', () => {});
  await watch.connect();
  // Its transactions would be counted with ours.
  await watch.query('alter system set autovacuum = off');
  await watch.query('select pg_reload_conf()');
  const count = (types: readonly string[]) => perBatch(database, writers, watch, types);
  const quiet = await count(QUIET);
  const withNews = await count(WITH_NEWS);
  await watch.query('alter system reset autovacuum');
  await watch.query('select pg_reload_conf()');
  await watch.end();
  const ofTen = 'of a clean batch of 10';
  return [
    finding(`commits ${ofTen}`, 'commits', [quiet.commits], { row: 13, atMost: 1 }),
    finding(`round trips ${ofTen}`, 'round trips', [quiet.flights], { row: 13, atMost: 3 }),
    finding(`commits ${ofTen} that publishes, the mark in the outbox included`, 'commits', [
      withNews.commits,
    ]),
    finding(`round trips ${ofTen} that publishes`, 'round trips', [withNews.flights], {
      row: 13,
      atMost: 3,
    }),
    {
      id: 'wal',
      ...finding(`WAL per event ${ofTen} that publishes`, 'kB', [withNews.walBytes / 10 / 1000]),
    },
    finding(`WAL per event ${ofTen}`, 'kB', [quiet.walBytes / 10 / 1000]),
  ];
}

interface Counts {
  readonly batches: number;
  readonly commits: number;
  readonly flights: number;
  readonly walBytes: number;
}

async function perBatch(
  database: BenchDatabase,
  writers: Writers,
  watch: pg.Client,
  types: readonly string[],
) {
  // What it costs to connect and to do nothing is no batch's.
  const idle = await countOnce(database, writers, watch, types, 0);
  const busy = await countOnce(database, writers, watch, types, 1);
  const each = (key: keyof Counts) => (busy[key] - idle[key]) / busy.batches;
  return { commits: each('commits'), flights: each('flights'), walBytes: each('walBytes') };
}

/** So late that whatever is sent without waiting for an answer is on its way before there is one: it is one flight. */
const ANSWER_MS = 5;

async function countOnce(
  database: BenchDatabase,
  writers: Writers,
  watch: pg.Client,
  types: readonly string[],
  seconds: number,
): Promise<Counts> {
  const load: LoadSettings = {
    ...{
      seed: `trips ${types.length} ${seconds}`,
      batchSize: 10,
      batches: 800,
      bodyBytes: 1_800,
      types,
    },
    ...{ duplicates: 0, poison: 0, playback: 'public' as const },
  };
  await clearTables(database.pool);
  await insertFilms(database.pool, load);
  const proxy = await startProxy(database.url, ANSWER_MS);
  const before = await readCounters(watch);
  const { batches } = await writers.run({
    variant: 'ours',
    url: proxy.url,
    writers: 1,
    load,
    seconds,
  });
  const after = await readCounters(watch);
  proxy.stop();
  return {
    ...{ batches, flights: proxy.counted.flights },
    commits: after.commits - before.commits,
    walBytes: after.wal - before.wal,
  };
}

const COUNTERS = `
  select xact_commit::int as commits, pg_current_wal_lsn() - '0/0' as wal from pg_stat_database where datname = 'bench'`;

async function readCounters(watch: pg.Client): Promise<{ commits: number; wal: number }> {
  // A session hands over its counts when it ends.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { rows } = await watch.query<{ commits: number; wal: string }>(COUNTERS);
  return { commits: rows[0]?.commits ?? 0, wal: Number(rows[0]?.wal ?? 0) };
}

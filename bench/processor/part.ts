import { join } from 'node:path';
import { Child } from '../child.ts';
import { awaitEffects, clearTables } from '../database.ts';
import { defaultLoad, eventIdOf, insertAssets, type Load, makeRecords } from '../load.ts';
import { hasProgram, peakMemoryMb, postgresCpu } from '../process-stats.ts';
import { type BenchOptions, type Finding, type Part, Samples } from '../report.ts';
import { type FunctionVariant, openRig, type Rig } from '../rig.ts';
import { startDelayProxy } from './delay-proxy.ts';
import { insertKeyedAssets, type Recording, runPgbench } from './pgbench.ts';
import type { Flight } from './record-statements.ts';

interface Slice {
  readonly variant: FunctionVariant;
  readonly writers: 1 | 8;
  /** Expected events a second, from which the size of the load follows. */
  readonly rate: number;
  readonly isFar?: true;
  readonly batchSize?: number;
  readonly load?: Partial<Load>;
}

/** Events that publish nothing. */
const QUIET = { duplicates: 0, types: defaultLoad.types.slice(0, 2) };

const slices: Readonly<Record<string, Slice>> = {
  'ours 8': { variant: 'ours', writers: 8, rate: 2_500 },
  'naive 8': { variant: 'naive', writers: 8, rate: 400 },
  'ours 8 poison': { variant: 'ours', writers: 8, rate: 2_500, load: { poison: 0.01 } },
  'ours 8 fresh': { variant: 'ours', writers: 8, rate: 2_500, load: { duplicates: 0 } },
  'ours 1': { variant: 'ours', writers: 1, rate: 1_800 },
  'naive 1': { variant: 'naive', writers: 1, rate: 200 },
  'ours 1 +5 ms': { variant: 'ours', writers: 1, rate: 400, isFar: true },
  'naive 1 +5 ms': { variant: 'naive', writers: 1, rate: 25, isFar: true },
  'ours 1 quiet': { variant: 'ours', writers: 1, rate: 1_800, load: QUIET },
  'ours 1 batch 100': { variant: 'ours', writers: 1, rate: 10_000, batchSize: 100 },
};

// Public copies of Lambda's start script set these limits for a function of 512 MB.
const LAMBDA_HEAP = ['--max-semi-space-size=25', '--max-old-space-size=461'];
const COUNTERS = `
  select (pg_current_wal_lsn() - '0/0')::float8 as wal,
         (select sum(deadlocks)::int from pg_stat_database) as deadlocks`;

export const processor: Part = {
  name: 'processor',
  title: 'Processor: batches from the queue into Postgres, exactly once',
  async run(options) {
    const samples = new Samples();
    const rig = await openRig();
    const { url, pool } = rig.database;
    const proxy = await startDelayProxy(url, 5);
    try {
      const full = await record(rig, defaultLoad.types);
      const quiet = await record(rig, QUIET.types);
      for (let round = 1; round <= options.rounds; round += 1) {
        for (const [name, slice] of Object.entries(slices)) {
          options.progress(`round ${round} of ${options.rounds}: ${name}`);
          await runSlice(rig, options, samples, name, slice, slice.isFar ? proxy.url : url);
        }
        if (hasProgram('pgbench')) await runLimit(rig, options, samples, full);
      }
      samples.add('deadlocks', (await pool.query(COUNTERS)).rows[0]?.deadlocks);
      return findingsOf(samples, full, quiet);
    } finally {
      proxy.stop();
      await rig.close();
    }
  },
};

/** Starts fresh workers, warms them up, and measures how fast they empty a filled queue. */
async function runSlice(
  rig: Rig,
  { sliceSeconds }: BenchOptions,
  samples: Samples,
  name: string,
  slice: Slice,
  url: string,
): Promise<void> {
  const { variant, writers, rate } = slice;
  const processes = Math.min(2, writers);
  const program = [rig.worker, rig.processors[variant], String(writers / processes)];
  const args = writers === 1 ? [...LAMBDA_HEAP, ...program] : program;
  const start = () => new Child(args, rig.environment(url));
  const workers = Array.from({ length: processes }, start);
  try {
    await Promise.all(workers.map((worker) => worker.answer()));
    await emptyQueue(rig, name, slice, Math.min(300, rate));
    const measured = await emptyQueue(rig, name, slice, rate * sliceSeconds);
    for (const [what, value] of Object.entries(measured)) samples.add(`${name} ${what}`, value);
    samples.add(`${name} rss`, peakMemoryMb(workers[0]?.pid ?? 0));
  } finally {
    for (const worker of workers) worker.stop();
  }
}

async function emptyQueue(
  { database: { pool }, standIn }: Rig,
  name: string,
  { batchSize = 10, load: options }: Slice,
  deliveries: number,
) {
  const load = { ...defaultLoad, ...options, deliveries, seed: `${name} ${deliveries}` };
  const records = makeRecords(load);
  const eventIds = new Set(records.map(eventIdOf));
  await clearTables(pool);
  await insertAssets(pool, load);
  const read = async () => ({
    cpu: await postgresCpu(pool),
    wal: (await pool.query(COUNTERS)).rows[0]?.wal,
  });
  const before = await read();
  const startedAt = Date.now();
  standIn.fill(records, batchSize);
  const { lastAt } = await awaitEffects(pool, name, eventIds);
  const after = await read();
  return {
    rate: (eventIds.size * 1000) / (lastAt - startedAt),
    cpu: ((after.cpu - before.cpu) * 1e6) / eventIds.size,
    wal: (after.wal - before.wal) / eventIds.size / 1000,
  };
}

/** Records three batches after three others, so that the statements are prepared. */
async function record({ database }: Rig, types: readonly string[]): Promise<Recording> {
  const seed = `recording of ${types.length} types`;
  const load = { ...defaultLoad, seed, types, duplicates: 0, deliveries: 60 };
  await clearTables(database.pool);
  await insertAssets(database.pool, load);
  const program = join(import.meta.dirname, 'record-statements.ts');
  const recorder = new Child([program, database.url, JSON.stringify(load)]);
  const batches = await recorder.answer<readonly (readonly Flight[])[]>();
  recorder.stop();
  return { load, batches: batches.slice(3) };
}

async function runLimit(
  { database: { pool, url }, directory }: Rig,
  { sliceSeconds, progress }: BenchOptions,
  samples: Samples,
  recording: Recording,
): Promise<void> {
  progress('pgbench running the recorded statements');
  await clearTables(pool);
  await insertKeyedAssets(pool, recording);
  const before = await postgresCpu(pool);
  const rate = runPgbench(recording, url, Math.ceil(sliceSeconds), directory);
  const cpu = (await postgresCpu(pool)) - before;
  const { rows } = await pool.query('select count(*)::int as events from portal.asset_events');
  if (rows[0]?.events < rate) throw new Error('pgbench did not apply the events that it counts.');
  samples.add('pgbench rate', rate);
  samples.add('pgbench cpu', (cpu * 1e6) / rows[0]?.events);
}

/** Counts `commit` and every statement outside a transaction. */
function countCommits(batch: readonly Flight[]): number {
  const texts = batch.flat().map(({ text }) => text.trim());
  const inside = texts.lastIndexOf('commit') - texts.findIndex((text) => text.startsWith('begin'));
  return texts.length - inside;
}

function findingsOf(samples: Samples, full: Recording, quiet: Recording): readonly Finding[] {
  const against = (name: string, base: string, what: string, row: number, bound: number) =>
    samples.ratio(`${name} rate`, `${base} rate`, what, [row, '≥', bound]);
  const count = (what: string, values: readonly number[], bound: number): Finding => {
    return { what, unit: '', values, target: [13, '≤', bound] };
  };
  const trips = ({ batches }: Recording) => batches.map(({ length }) => length);
  const limit = 'pgbench running the same statements';
  const quietBatch = 'of a batch that publishes nothing';
  return [
    against('ours 8 fresh', 'pgbench', `8 writers, batches of 10, against ${limit}`, 5, 0.8),
    samples.ratio('ours 8 fresh cpu', 'pgbench cpu', `CPU of Postgres against ${limit}`),
    samples.figure('pgbench rate', `rate: ${limit}`, 'events/s'),
    against('ours 8', 'naive 8', '8 writers against naive', 5, 6),
    samples.figure('ours 1 quiet wal', 'WAL of a quiet event', 'kB', [5, '≤', 2.96]),
    against('ours 8 poison', 'ours 8', '1% poison against none; only the poison fails', 6, 0.7),
    against('ours 1', 'naive 1', 'one connection against naive', 7, 8),
    against('ours 1 +5 ms', 'naive 1 +5 ms', 'the same, round trip 5 ms longer', 7, 5),
    samples.figure('ours 1 batch 100 rss', 'memory, batches of 100', 'MB', [11, '≤', 130]),
    samples.figure('deadlocks', 'deadlocks, overlapping batches', '', [12, '≤', 0]),
    count(`commits ${quietBatch}`, quiet.batches.map(countCommits), 1),
    count(`round trips ${quietBatch}`, trips(quiet), 3),
    count('round trips of a batch that publishes', trips(full), 3),
    ...Object.keys(slices).flatMap((name) => [
      samples.figure(`${name} rate`, `rate: ${name}`, 'events/s'),
      samples.figure(`${name} cpu`, `CPU of Postgres: ${name}`, 'µs/event'),
    ]),
  ];
}

import { type BenchDatabase, clearTables, openBenchDatabase } from '../database.ts';
import type { BenchSettings, Finding, Measured, Part } from '../report.ts';
import { Samples } from '../samples.ts';
import { startProxy } from './delay-proxy.ts';
import { addHistory } from './history.ts';
import { insertFilms, type LoadSettings } from './load.ts';
import { hasPgbench, runPgbench } from './pgbench.ts';
import { atLeast, BODY_BYTES, FULL, full, type Slice, slices } from './slices.ts';
import { countTrips } from './trips.ts';
import { Writers } from './writers.ts';

export interface Bench {
  readonly settings: BenchSettings;
  readonly database: BenchDatabase;
  readonly writers: Writers;
  readonly samples: Samples;
}

/** Events that a stage has behind it; of which nothing is pruned yet. */
const HISTORY = 1_000_000;

export const processor: Part = {
  name: 'processor',
  title: 'Processor: SQS batches into Postgres, exactly once',
  async run(settings) {
    const bench = {
      settings,
      database: await openBenchDatabase(),
      writers: new Writers(),
      samples: new Samples(),
    };
    try {
      await warmUp(bench);
      for (let round = 1; round <= settings.rounds; round += 1) await runRound(bench, round);
      await runOnHistory(bench);
      settings.progress('counting commits and round trips');
      const trips = await countTrips(bench.database, bench.writers);
      return report(bench, trips);
    } finally {
      bench.writers.stop();
      await bench.database.stop();
    }
  },
};

async function warmUp(bench: Bench): Promise<void> {
  for (const name of ['ours 8', 'naive 8', 'insert 8'] as const) {
    bench.settings.progress(`warming up ${name}`);
    await runSlice({ ...bench, samples: new Samples() }, 'warm', name, slices[name] as Slice);
  }
}

async function runRound(bench: Bench, round: number): Promise<void> {
  const { settings, samples, database } = bench;
  for (const [name, slice] of Object.entries(slices)) {
    settings.progress(`round ${round} of ${settings.rounds}: ${name}`);
    await runSlice(bench, String(round), name, slice);
    if (name !== 'ours 8' || !hasPgbench) continue;
    settings.progress(`round ${round} of ${settings.rounds}: pgbench -c 8`);
    await clearTables(database.pool);
    const run = {
      url: database.url,
      clients: 8,
      seconds: Math.ceil(settings.sliceSeconds),
      body: 'x'.repeat(BODY_BYTES),
    };
    samples.add('pgbench 8', await runPgbench(run));
  }
}

async function runOnHistory(bench: Bench): Promise<void> {
  const { settings, database } = bench;
  const events = settings.quick ? HISTORY / 50 : HISTORY;
  settings.progress(`writing a history of ${events.toLocaleString('en')} events`);
  await clearTables(database.pool);
  await addHistory(database.pool, events);
  for (let round = 1; round <= settings.rounds; round += 1) {
    settings.progress(`round ${round} of ${settings.rounds}: ${FULL}`);
    await runSlice(bench, String(round), FULL, full);
  }
}

export async function runSlice(
  bench: Bench,
  round: string,
  name: string,
  slice: Slice,
): Promise<void> {
  const { settings, database, writers, samples } = bench;
  const load = loadOf(`${name} ${round}`, slice, settings.sliceSeconds);
  if (slice.keeps !== true) await clearTables(database.pool);
  await insertFilms(database.pool, load);
  const proxy =
    slice.delayMs === undefined ? undefined : await startProxy(database.url, slice.delayMs);
  const { url } = proxy ?? database;
  const { variant } = slice;
  const outcome = await writers.run({
    variant,
    url,
    load,
    writers: slice.writers,
    seconds: settings.sliceSeconds,
  });
  proxy?.stop();
  samples.add(name, outcome.eventsPerSecond);
  samples.add(`${name} cpu`, outcome.cpuMicrosPerEvent);
  samples.add(`${name} log`, outcome.logBytesPerEvent);
  if (variant === 'ours') await check(bench, name, outcome.returned);
}

function loadOf(seed: string, { upTo, load }: Slice, seconds: number): LoadSettings {
  const batchSize = load?.batchSize ?? 10;
  const batches = Math.ceil((upTo * seconds) / batchSize);
  const usual = { bodyBytes: BODY_BYTES, duplicates: 0.1, poison: 0, playback: 'signed' } as const;
  return { ...usual, ...load, seed, batchSize, batches };
}

/** A rate counts only for work that was done: each event once, and nothing given up but the poison. */
async function check({ database, samples }: Bench, name: string, returned: number): Promise<void> {
  const { rows } = await database.pool.query<{
    settled: number;
    made: number;
    wrong: number;
    deadlocks: number;
  }>(CHECK);
  const { settled = 0, made = 0, wrong = 0, deadlocks = 0 } = rows[0] ?? {};
  if (settled !== made || wrong !== 0 || returned !== 0)
    throw new Error(`${name} is wrong: ${JSON.stringify({ ...rows[0], returned })}`);
  samples.add('deadlocks', deadlocks);
}

const CHECK = `
  select (select count(*)::int from portal.webhook_events where status = 'processed' and event_id not like 'event-%') as settled,
         (select count(*)::int from portal.asset_events where event_id not like 'event-%') as made,
         (select count(*)::int from portal.webhook_events
           where (event_id like 'poison-%') <> (status = 'exhausted')) as wrong,
         (select deadlocks::int from pg_stat_database where datname = current_database()) as deadlocks`;

function report({ samples }: Bench, trips: readonly Finding[]): Measured {
  const peer = hasPgbench ? 'pgbench 8' : 'insert 8';
  const named = hasPgbench
    ? 'pgbench single INSERT … ON CONFLICT, -c 8'
    : 'a loop of single INSERTs over 8 connections';
  const of = (name: string, what: string) => samples.figure(name, what, 'events/s');
  return {
    findings: [
      samples.ratio('ours 8', peer, `8 writers, batches of 10, against ${named}`, {
        row: 5,
        atLeast: 1,
      }),
      samples.ratio('ours 8 public', peer, 'the same without signed playback URLs', {
        row: 5,
        atLeast: 1,
      }),
      samples.ratio('ours 8', 'naive 8', '8 writers against naive', { row: 5, atLeast: 6 }),
      samples.ratio(
        'ours 8 public',
        'naive 8 public',
        'the same without signed playback URLs on either side',
        {
          row: 5,
          atLeast: 6,
        },
      ),
      samples.ratio(
        'ours 8 poison',
        'ours 8',
        '1 % poison against none; exactly the poison reported',
        {
          row: 6,
          atLeast: 0.7,
        },
      ),
      samples.ratio('ours 1', 'naive 1', 'one connection against naive', {
        row: 7,
        atLeast: atLeast.oneConnection,
      }),
      samples.ratio(
        'ours 1 public',
        'naive 1 public',
        'the same without signed playback URLs on either side',
        {
          row: 7,
          atLeast: atLeast.oneConnection,
        },
      ),
      samples.ratio('ours 1 +1 ms', 'naive 1 +1 ms', 'the same, round trip 1 ms longer', {
        row: 7,
        atLeast: 5,
      }),
      samples.ratio('ours 1 +5 ms', 'naive 1 +5 ms', 'the same, round trip 5 ms longer', {
        row: 7,
        atLeast: 5,
      }),
      samples.figure('deadlocks', 'deadlocks, overlapping batches', '', { row: 12, atMost: 0 }),
      ...trips,
      samples.ratio('ours 8 batch 1', 'ours 8', 'batches of 1 against batches of 10'),
      samples.ratio('ours 8 batch 100', 'ours 8', 'batches of 100 against batches of 10'),
      samples.ratio('ours 8 16 KB', 'ours 8', 'bodies of 16 KB against 1.8 KB'),
      samples.ratio(FULL, 'ours 8', 'with a million events in the tables against none'),
      samples.ratio('ours 8', 'ours 1', '8 writers against one'),
      samples.ratio('ours 1 +1 ms', 'ours 1', 'a round trip 1 ms longer, one connection'),
      samples.ratio('ours 1 +5 ms', 'ours 1', 'a round trip 5 ms longer, one connection'),
      ...(hasPgbench ? [of('pgbench 8', 'pgbench, 8 clients')] : []),
      of('insert 8', 'node-postgres, 8 connections, one INSERT per event'),
      ...Object.keys(slices)
        .filter((name) => name !== 'insert 8')
        .map((name) => of(name, `rate of ${name}`)),
      ...['ours 8', 'ours 8 public', 'naive 8', 'naive 8 public'].map((name) =>
        samples.figure(`${name} cpu`, `CPU of Node: ${name}`, 'µs/event'),
      ),
      samples.figure('ours 8 log', 'log of the processor', 'bytes/event'),
    ],
    notes: [
      ...(hasPgbench
        ? []
        : [
            'pgbench is not on this machine; a loop of single INSERTs over node-postgres takes its place.',
          ]),
      'The bus is a stand-in that takes everything at once, for ours and for naive. A third of the events are video.asset.ready, which sign a playback URL (RSA 2048) unless the film is public.',
    ],
  };
}

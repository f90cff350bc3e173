import { fork } from 'node:child_process';
import { join } from 'node:path';
import { ask } from '../../child.ts';
import { type BenchDatabase, clearTables, openBenchDatabase } from '../../database.ts';
import { insertFilms, type LoadSettings } from '../../processor/load.ts';
import { atLeast, slices } from '../../processor/slices.ts';
import { Writers } from '../../processor/writers.ts';
import type { BenchSettings, Finding, Measured } from '../../report.ts';
import { Samples } from '../../samples.ts';
import { nameOfStatement as nameOf, readStatementCosts } from '../statements.ts';
import type { Profiled } from './profiled.ts';

/** On one connection, as a function has it. */
export async function profileProcessor(settings: BenchSettings): Promise<Measured> {
  const writers = new Writers();
  const database = await openBenchDatabase({
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.track_planning': 'on',
  });
  const samples = new Samples();
  try {
    await database.pool.query('create extension pg_stat_statements');
    for (let round = 1; round <= settings.rounds; round += 1) {
      settings.progress(`round ${round} of ${settings.rounds}: processor`);
      const load = loadOf(settings, round);
      const { shares, ...totals } = await profileOnce(database, { ...load, playback: 'signed' });
      for (const [name, micros] of [...shares, ...toSums(totals)]) samples.add(name, micros);
      const publicFilms = await profileOnce(database, { ...load, playback: 'public' });
      for (const [name, micros] of toSums(publicFilms))
        samples.add(`public films, ${name}`, micros);
      samples.add(allowance, (await naiveMicros(database, writers, load)) / atLeast.oneConnection);
    }
    return { findings: findings(samples), notes: notes(samples) };
  } finally {
    writers.stop();
    await database.stop();
  }
}

const loadOf = ({ quick }: BenchSettings, round: number): Omit<LoadSettings, 'playback'> => ({
  ...{ seed: `profile ${round}`, batchSize: 10, batches: quick ? 150 : 1_500, bodyBytes: 1_800 },
  ...{ duplicates: 0.1, poison: 0 },
});

interface Totals {
  readonly cpuMicros: number;
  readonly postgresMicros: number;
}

const sums = { node: 'Node: CPU altogether', postgres: 'Postgres: statements altogether' } as const;
const allowance = `public films, what the target leaves: what naive takes, divided by ${atLeast.oneConnection}`;

const toSums = ({ cpuMicros, postgresMicros }: Totals) =>
  [
    [sums.node, cpuMicros],
    [sums.postgres, postgresMicros],
  ] as const;

async function profileOnce(
  { pool, url }: BenchDatabase,
  load: LoadSettings,
): Promise<Totals & { readonly shares: readonly (readonly [string, number])[] }> {
  await clearTables(pool);
  await insertFilms(pool, load);
  const child = fork(join(import.meta.dirname, 'profiled.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    await ask(child, { url, load });
    await pool.query('select pg_stat_statements_reset()');
    const {
      microsPerEvent,
      cpuMicrosPerEvent: cpuMicros,
      events,
    } = await ask<Profiled>(child, 'go');
    const statements = await readStatementCosts(pool, {
      database: 'bench',
      calls: 2,
      count: events,
      nameOf,
    });
    const postgresMicros = statements.reduce((sum, { micros }) => sum + micros, 0);
    const inNode = Object.entries(microsPerEvent).map(
      ([name, micros]) => [`Node: ${name}`, micros] as const,
    );
    const inPostgres = statements.map(({ what, micros }) => [`Postgres: ${what}`, micros] as const);
    return { cpuMicros, postgresMicros, shares: [...inNode, ...inPostgres] };
  } finally {
    child.kill();
  }
}

/** Not looked at: how long it takes over an event on one connection. */
async function naiveMicros(
  { pool, url }: BenchDatabase,
  writers: Writers,
  load: Omit<LoadSettings, 'playback'>,
): Promise<number> {
  const { variant, writers: one } = slices['naive 1 public'] as (typeof slices)[string];
  const films = { ...load, playback: 'public' as const };
  await clearTables(pool);
  await insertFilms(pool, films);
  const { eventsPerSecond } = await writers.run({
    variant,
    writers: one,
    url,
    load: films,
    seconds: 2,
  });
  return 1e6 / eventsPerSecond;
}

const findings = (samples: Samples): readonly Finding[] =>
  samples.names().map((name) => samples.figure(name, `processor, ${name}`, 'µs/event'));

const notes = (samples: Samples): readonly string[] => [
  'The processor on one connection, in batches of 10: by sampling the stacks of Node every 200 µs, and by pg_stat_statements, which times planning and execution; reading the texts of statements, answering and writing to the disk are in what Node waits for.',
  'pgbench writes one row with two indexes for an event. The processor writes an idempotency record, the ledger with the body, the history of the asset and the asset itself, and for every third event a notification and two entries of the outbox, which are marked in a transaction of their own: some five rows and a dozen entries of indexes, most of them checked against other tables. That is why it does not reach pgbench, and it is the audit trail that it is there for.',
  onOneConnection(samples),
];

function onOneConnection(samples: Samples): string {
  const [left, node, postgres] = [
    allowance,
    `public films, ${sums.node}`,
    `public films, ${sums.postgres}`,
  ].map((name) => samples.figure(name, '', '').value.median);
  const text = (micros = Number.NaN) => `${micros.toFixed(0)} µs`;
  return `On one connection Node and Postgres take turns, a batch at a time: while one works the other waits, but for signing URLs and for the log of what publishes. Of a public film, which needs none, the target of ${atLeast.oneConnection} times the rate of naive leaves ${text(left)} to an event; Postgres' statements take ${text(postgres)} of it and Node's CPU, with the profiler's, ${text(node)}, writing to the disk and waking each other not counted.`;
}

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { ask } from '../../child.ts';
import { clearTables, openBenchDatabase } from '../../database.ts';
import { insertFilms, type LoadSettings } from '../../processor/load.ts';
import type { BenchSettings, Finding, Measured } from '../../report.ts';
import { Samples } from '../../samples.ts';
import { nameOfStatement as nameOf, readStatementCosts } from '../statements.ts';
import type { Profiled } from './profiled.ts';

/** On one connection, as a function has it. */
export async function profileProcessor(settings: BenchSettings): Promise<Measured> {
  const database = await openBenchDatabase({
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.track_planning': 'on',
  });
  const samples = new Samples();
  try {
    await database.pool.query('create extension pg_stat_statements');
    for (let round = 1; round <= settings.rounds; round += 1) {
      settings.progress(`round ${round} of ${settings.rounds}: processor`);
      await runRound(settings, database, samples, round);
    }
    return { findings: findings(samples), notes };
  } finally {
    await database.stop();
  }
}

async function runRound(
  { quick }: BenchSettings,
  { pool, url }: Awaited<ReturnType<typeof openBenchDatabase>>,
  samples: Samples,
  round: number,
): Promise<void> {
  const load: LoadSettings = {
    ...{ seed: `profile ${round}`, batchSize: 10, batches: quick ? 150 : 1_500, bodyBytes: 1_800 },
    ...{ duplicates: 0.1, poison: 0, playback: 'signed' as const },
  };
  await clearTables(pool);
  await insertFilms(pool, load);
  const child = fork(join(import.meta.dirname, 'profiled.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  try {
    await ask(child, { url, load });
    await pool.query('select pg_stat_statements_reset()');
    const { microsPerEvent, cpuMicrosPerEvent, events } = await ask<Profiled>(child, 'go');
    const statements = await readStatementCosts(pool, { database: 'bench', calls: 2, count: events, nameOf });
    for (const [name, micros] of Object.entries(microsPerEvent)) samples.add(`Node: ${name}`, micros);
    for (const { what, micros } of statements) samples.add(`Postgres: ${what}`, micros);
    samples.add('Node: CPU altogether', cpuMicrosPerEvent);
    const altogether = statements.reduce((sum, { micros }) => sum + micros, 0);
    samples.add('Postgres: statements altogether', altogether);
  } finally {
    child.kill();
  }
}

const findings = (samples: Samples): readonly Finding[] =>
  samples.names().map((name) => samples.figure(name, `processor, ${name}`, 'µs/event'));

const notes = [
  'The processor on one connection, in batches of 10: by sampling the stacks of Node every 200 µs, and by pg_stat_statements, which times planning and execution; reading the texts of statements, answering and writing to the disk are in what Node waits for.',
  'pgbench writes one row with two indexes for an event. The processor writes an idempotency record, the ledger with the body, the history of the asset and the asset itself, and for every third event a notification and two entries of the outbox, which are marked in a transaction of their own: some five rows and a dozen entries of indexes, most of them checked against other tables. That is why it does not reach pgbench, and it is the audit trail that it is there for.',
];

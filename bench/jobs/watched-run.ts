import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type pg from 'pg';
import { openDatabase } from '../../lambdas/platform/postgres/database.ts';
import type { Probed } from './probe.ts';

export interface Watched {
  readonly seconds: number;
  readonly longestTransactionMs: number;
  readonly walMb: number;
  readonly probed: Probed;
}

/**
 * Runs a job on one connection, as a Lambda has it, while somebody else writes.
 * @param run What it returns checks the outcome, outside the time.
 */
export async function watchRun(
  url: string,
  probe: string,
  run: (pool: pg.Pool) => Promise<() => Promise<void>>,
): Promise<Watched> {
  const pool = openDatabase({
    url,
    connections: 1,
    applicationName: 'bench-job',
    queryTimeoutMs: 600_000,
  });
  const longest = watchTransactions(pool);
  const child = await startProbe(url, probe);
  try {
    const walBefore = await walPosition(pool);
    longest.reset();
    const startedAt = performance.now();
    const check = await run(pool);
    const seconds = (performance.now() - startedAt) / 1000;
    const longestTransactionMs = longest.ms();
    const walMb = ((await walPosition(pool)) - walBefore) / 1e6;
    const probed = await stopProbe(child);
    await check();
    return { seconds, longestTransactionMs, walMb, probed };
  } finally {
    child.kill();
    await pool.end();
  }
}

/** A job's transaction has a client of the pool from before it begins until after it has ended. */
function watchTransactions(pool: pg.Pool) {
  let [since, longest] = [0, 0];
  pool.on('acquire', () => {
    since = performance.now();
  });
  pool.on('release', () => {
    longest = Math.max(longest, performance.now() - since);
  });
  return {
    ms: () => longest,
    reset: () => {
      longest = 0;
    },
  };
}

async function walPosition(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query(`select (pg_current_wal_lsn() - '0/0')::float8 as bytes`);
  return rows[0]?.bytes ?? 0;
}

async function startProbe(url: string, statement: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'probe.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ready = answerOf(child);
  child.send({ url, statement });
  await ready;
  return child;
}

function stopProbe(child: ChildProcess): Promise<Probed> {
  const probed = answerOf<Probed>(child);
  child.send('stop');
  return probed;
}

function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('The probe has ended; what it said is above.')));
    child.once('message', (answer) => resolve(answer as Answer));
  });
}

import { PgBoss } from 'pg-boss';
import { readEnv } from '../../../lambdas/platform/env.ts';
import type { Accept, Job } from '../receiving.ts';
import { applyOnce, CONCURRENCY, openPool } from './apply-once.ts';
import { obviousReceiver } from './obvious-receiver.ts';

const { DATABASE_URL: connectionString } = readEnv(['DATABASE_URL']);
// A job that wakes a worker starts at once, and its insert costs more.
const notify = process.env['PG_BOSS_NOTIFY'] === 'true';
// A queue keeps the settings with which it was made first.
const QUEUE = notify ? 'notified-deliveries' : 'polled-deliveries';

async function start(): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString, useListenNotify: notify });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE, { notify });
  return boss;
}

export async function openReceiver(): Promise<Accept> {
  const boss = await start();
  return obviousReceiver((job) => boss.send(QUEUE, job));
}

export async function startWorker(): Promise<void> {
  const [boss, pool] = [await start(), openPool()];
  const settings = {
    batchSize: 10,
    localConcurrency: notify ? 2 : CONCURRENCY,
    burstWhenBatchFull: true,
    pollingIntervalSeconds: 0.5,
  };
  await boss.work<Job>(QUEUE, settings, async (jobs) => {
    await Promise.all(jobs.map(({ data }) => applyOnce(pool, data)));
  });
}

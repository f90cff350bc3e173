import { Queue, Worker } from 'bullmq';
import { readEnv } from '../../../lambdas/platform/env.ts';
import type { Accept, Job } from '../receiving.ts';
import { applyOnce, CONCURRENCY, openPool } from './apply-once.ts';
import { obviousReceiver } from './obvious-receiver.ts';

const QUEUE = 'deliveries';
const connection = { host: '127.0.0.1', port: Number(readEnv(['REDIS_PORT']).REDIS_PORT) };

export async function openReceiver(): Promise<Accept> {
  const queue = new Queue<Job>(QUEUE, {
    connection,
    defaultJobOptions: { removeOnComplete: true, attempts: 3 },
  });
  await queue.waitUntilReady();
  return obviousReceiver((job) => queue.add('apply-event', job));
}

export async function startWorker(): Promise<void> {
  const pool = openPool();
  const worker = new Worker<Job>(QUEUE, ({ data }) => applyOnce(pool, data), {
    connection,
    concurrency: CONCURRENCY,
  });
  worker.on('error', (error) => console.error(error));
  await worker.waitUntilReady();
}

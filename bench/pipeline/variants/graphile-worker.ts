import { Logger, makeWorkerUtils, run, WorkerPreset } from 'graphile-worker';
import { readEnv } from '../../../lambdas/platform/env.ts';
import type { Accept, Job } from '../receiving.ts';
import { applyOnce, CONCURRENCY, openPool } from './apply-once.ts';
import { obviousReceiver } from './obvious-receiver.ts';

const TASK = 'apply-event';
const { DATABASE_URL: connectionString } = readEnv(['DATABASE_URL']);

// Its own would write a line for each job.
const logger = new Logger(() => (level, message) => {
  if (level === 'error') console.error(message);
});

export async function openReceiver(): Promise<Accept> {
  const { addJob } = await makeWorkerUtils({ connectionString, logger });
  return obviousReceiver((job) => addJob(TASK, job));
}

// https://worker.graphile.org/docs/performance: several jobs are fetched, and completed, at a time. It is less work, and
// a job may wait for others.
const batches = { localQueue: { size: CONCURRENCY + 1 }, completeJobBatchDelay: 0 };

const worker = {
  ...{ connectionString, logger, concurrentJobs: CONCURRENCY, maxPoolSize: CONCURRENCY + 2 },
  ...(process.env['GRAPHILE_WORKER_BATCHES'] === 'true' ? batches : {}),
};

export async function startWorker(): Promise<void> {
  const pool = openPool();
  await run({
    preset: { extends: [WorkerPreset], worker },
    taskList: { [TASK]: (job) => applyOnce(pool, job as Job) },
  });
}

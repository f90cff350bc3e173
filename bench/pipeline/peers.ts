import { Queue, Worker } from 'bullmq';
import { Logger, makeWorkerUtils, run, WorkerPreset } from 'graphile-worker';
import { PgBoss } from 'pg-boss';
import { readEnv } from '../../lambdas/platform/env.ts';
import { inTransaction } from '../../lambdas/platform/postgres/transaction.ts';
import type { Envelope } from '../../lambdas/webhooks/envelope.ts';
import { openPool } from '../database.ts';
import { applyEvent } from '../processor/apply-event.ts';

type Job = Omit<Envelope, 'replay'>;
type Handle = (job: Job) => Promise<unknown>;

/** A usual way to process webhooks in Node. */
interface Peer {
  /** @returns what the receiver does with a verified delivery before it responds. */
  openReceiver(): Promise<Handle>;
  startWorker(handle: Handle): Promise<unknown>;
}

export type PeerName = 'direct' | 'graphile-worker' | 'pg-boss' | 'bullmq';

const CONCURRENCY = 8;
const NAME = 'deliveries';
const { DATABASE_URL, REDIS_SOCKET } = readEnv(['DATABASE_URL', 'REDIS_SOCKET']);
const connectionString = DATABASE_URL;
const connection = { path: REDIS_SOCKET };
// The default logger writes a line for each job.
const logger = new Logger(() => () => {});

export const peers: Readonly<Record<PeerName, Peer>> = {
  // Has no queue: responds after the commit.
  direct: {
    openReceiver: async () => applyOnce,
    startWorker: async () => {},
  },
  'graphile-worker': {
    async openReceiver() {
      const { addJob } = await makeWorkerUtils({ connectionString, logger });
      return (job) => addJob(NAME, job);
    },
    // Fetches and completes several jobs at a time: https://worker.graphile.org/docs/performance
    startWorker(handle) {
      const batches = { localQueue: { size: CONCURRENCY + 1 }, completeJobBatchDelay: 0 };
      const limits = { concurrentJobs: CONCURRENCY, maxPoolSize: CONCURRENCY + 2 };
      const worker = { connectionString, logger, ...limits, ...batches };
      const taskList = { [NAME]: (job: unknown) => handle(job as Job) as Promise<void> };
      return run({ preset: { extends: [WorkerPreset], worker }, taskList });
    },
  },
  'pg-boss': {
    async openReceiver() {
      const boss = await startPgBoss();
      return (job) => boss.send(NAME, job);
    },
    async startWorker(handle) {
      const boss = await startPgBoss();
      const polling = { burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };
      const options = { batchSize: 10, localConcurrency: CONCURRENCY, ...polling };
      await boss.work<Job>(NAME, options, (jobs) =>
        Promise.all(jobs.map(({ data }) => handle(data))),
      );
    },
  },
  bullmq: {
    async openReceiver() {
      const defaultJobOptions = { removeOnComplete: true, attempts: 3 };
      const queue = new Queue<Job>(NAME, { connection, defaultJobOptions });
      return (job) => queue.add('apply', job);
    },
    async startWorker(handle) {
      const options = { connection, concurrency: CONCURRENCY };
      const worker = new Worker<Job>(NAME, ({ data }) => handle(data), options);
      await worker.waitUntilReady();
    },
  },
};

async function startPgBoss(): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString });
  boss.on('error', console.error);
  await boss.start();
  await boss.createQueue(NAME);
  return boss;
}

const CLAIM = `
  insert into portal.idempotency_records (id, status, expiry)
  values ($1::text, 'COMPLETED', extract(epoch from now())::bigint + 2592000)
  on conflict (id) do nothing`;

const pool = openPool(connectionString, CONCURRENCY);

/** Claims the key in the transaction of the effects. The outbox is left to a relay. */
export const applyOnce: Handle = (job) =>
  inTransaction(pool, async (tx) => {
    const { rowCount } = await tx.query(CLAIM, [`${job.provider}#${job.eventId}`]);
    if (rowCount === 1) await applyEvent(tx, job);
  });

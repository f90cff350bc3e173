import { type JobCounts, PartialRunError, type RunningJob } from '../jobs/run-job.ts';
import type { Enqueue } from '../platform/aws/queue-message.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { countRecovered } from './missed-events.queries.ts';
import { makePacedCalls, OutOfTimeError } from './paced-calls.ts';
import { type Hold, holdProvider, releaseProvider, saveProgress } from './progress.queries.ts';
import { ApiLimitedError } from './provider-api.ts';
import type { Reconcile } from './reconciler.ts';

export interface ReconciledProvider {
  readonly provider: string;
  readonly reconcile: Reconcile;
  readonly enqueue: Enqueue;
}

export interface ReconcileDeps {
  readonly pool: GetPool;
  readonly providers: readonly ReconciledProvider[];
  readonly now: Clock;
  readonly wait: (milliseconds: number) => Promise<void>;
}

interface ProviderRun {
  readonly compared: number;
  readonly failed: number;
  readonly recovered: number;
  readonly requests: number;
  /** Set if the comparison ended because of a failure. */
  readonly error?: unknown;
}

/** Reserves time to store the position and the counts. */
const FINISH_MS = 5_000;

/**
 * Compares the ledger with the records of each provider at the same time, so that a slow or failing
 * provider delays no other. The run fails if one of them failed.
 */
export function makeReconcile(deps: ReconcileDeps) {
  return async function reconcile(job: RunningJob): Promise<JobCounts> {
    const runs = await Promise.all(deps.providers.map((one) => reconcileProvider(one, job, deps)));
    const sum = (name: 'compared' | 'failed' | 'recovered' | 'requests') =>
      runs.reduce((total, run) => total + run[name], 0);
    const counts: JobCounts = {
      RecordsCompared: sum('compared'),
      MissedEventsRecovered: sum('recovered'),
      RecoveriesFailed: sum('failed'),
      ProviderRequests: sum('requests'),
    };
    const errors = runs.flatMap(({ error }) => (error === undefined ? [] : [error]));
    if (errors.length > 0) throw new PartialRunError(errors, messageOf(errors), counts);
    return counts;
  };
}

const messageOf = (errors: readonly unknown[]) =>
  errors.map((error) => (error instanceof Error ? error.message : String(error))).join(' ');

async function reconcileProvider(
  one: ReconciledProvider,
  job: RunningJob,
  deps: ReconcileDeps,
): Promise<ProviderRun> {
  const { provider } = one;
  try {
    const run = await compareProvider(one, job, deps);
    const { recovered } = run;
    emitMetrics('reconciliation', { MissedEventsRecovered: recovered }, { provider });
    log.info('Provider reconciled', { provider, ...run });
    return run;
  } catch (error) {
    log.error('Reconciliation failed', { provider, error });
    return { compared: 0, failed: 0, recovered: 0, requests: 0, error };
  }
}

async function compareProvider(
  { provider, reconcile, enqueue }: ReconciledProvider,
  job: RunningJob,
  { pool, now, wait }: ReconcileDeps,
): Promise<ProviderRun> {
  const hold: Hold = { provider, holder: job.scheduledAt.toISOString() };
  const remainingMs = () => job.remainingMs() - FINISH_MS;
  const heldUntil = new Date(now().getTime() + Math.max(0, job.remainingMs()));
  const progress = await holdProvider(await pool(), hold, now(), heldUntil);
  const totals = { compared: 0, failed: 0, recovered: 0, requests: 0 };
  if (progress === undefined) {
    log.info('Another run reconciles the provider', { provider });
    return totals;
  }
  const { notBefore } = progress;
  const { call, requests } = makePacedCalls({ now, wait, remainingMs });
  const isLimited = notBefore !== null && notBefore > now();
  const end = isLimited
    ? { notBefore }
    : await runUntilEnd(
        () =>
          reconcile(
            {
              progress,
              pool,
              now,
              call,
              enqueue,
              save: async (next) => saveProgress(await pool(), hold, next, now()),
            },
            ({ compared = 0, failed = 0 }) => {
              totals.compared += compared;
              totals.failed += failed;
            },
          ),
        now,
      );
  const recovered = await countRecovered(await pool(), provider, now());
  await releaseProvider(await pool(), hold, end.notBefore, now());
  return {
    ...totals,
    recovered,
    requests: requests(),
    ...('error' in end && { error: end.error }),
  };
}

interface End {
  readonly notBefore: Date | null;
  readonly error?: unknown;
}

/** The end of the time and a limit of the provider are no failures: the next run continues. */
async function runUntilEnd(work: () => Promise<void>, now: Clock): Promise<End> {
  try {
    await work();
    return { notBefore: null };
  } catch (error) {
    if (error instanceof OutOfTimeError) return { notBefore: null };
    if (error instanceof ApiLimitedError)
      return { notBefore: new Date(now().getTime() + error.retryAfterSeconds * 1_000) };
    return { notBefore: null, error };
  }
}

import * as z from 'zod';
import type { MetricName, MetricValues } from '../catalog/metrics.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import { redactText, throwingRedacted } from '../platform/redaction.ts';
import type { JobRun, JobRuns } from './job-runs.queries.ts';

type OfEveryJob = 'JobSucceeded' | 'JobFailed' | 'JobMs';

/** What a job did, in numbers; also its metrics, so lambdas/catalog/metrics.ts has to know each name. */
export type JobCounts = Readonly<Partial<Record<Exclude<MetricName<'jobs'>, OfEveryJob>, number>>>;

/** What one run knows of itself. */
export interface RunningJob {
  /** When it was due: the time that counts for what is due, however late the run is. */
  readonly scheduledAt: Date;
  /** Milliseconds until it has to stop by itself: what is left is the next run's, and nothing is left half-done. */
  remainingMs(): number;
}

export interface JobDeps {
  readonly name: string;
  readonly run: (job: RunningJob) => Promise<JobCounts>;
  readonly runs: JobRuns;
  readonly now: Clock;
}

export type JobOutcome =
  | { readonly outcome: 'done'; readonly counts: JobCounts }
  | { readonly outcome: 'repeated' };

/** The scheduler says when the run was due. An operator may leave that out, and says who asks. */
const invocation = z.object({
  scheduledAt: z.coerce.date().optional(),
  startedBy: z.string().min(1).default('schedule'),
});

interface LambdaContext {
  /** The same for each retry of an invocation. */
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

// To finish what is under way, and to write down what was done.
const STOP_BEFORE_END_MS = 10_000;

/**
 * A handler for a schedule. Each time at which the job was due is worked once, whoever starts it how often.
 * @throws what the job throws, once that is written down: Lambda and the scheduler then try the same run again.
 */
export function makeJob({ name, run, runs, now }: JobDeps) {
  return throwingRedacted(async (event: unknown, context: LambdaContext): Promise<JobOutcome> => {
    const { scheduledAt = now(), startedBy } = invocation.parse(event);
    const jobRun: JobRun = {
      job: name,
      scheduledAt,
      startedBy,
      invocationId: context.awsRequestId,
    };
    const startedAt = now();
    if (!(await runs.start(jobRun, startedAt))) {
      log.info('Job run is under way or done', { job: name, scheduledAt });
      return { outcome: 'repeated' };
    }
    const remainingMs = () => context.getRemainingTimeInMillis() - STOP_BEFORE_END_MS;
    try {
      const counts = await run({ scheduledAt, remainingMs });
      await runs.finish(jobRun, { status: 'succeeded', counts }, now());
      report(name, {
        ...counts,
        JobSucceeded: 1,
        JobFailed: 0,
        JobMs: now().getTime() - startedAt.getTime(),
      });
      return { outcome: 'done', counts };
    } catch (error) {
      log.error('Job failed', { job: name, scheduledAt, error });
      const text = redactText(error instanceof Error ? error.message : String(error));
      await runs.finish(jobRun, { status: 'failed', error: text }, now()).catch((notRecorded) => {
        log.error('Failed job run is not recorded', { job: name, error: notRecorded });
      });
      report(name, { JobSucceeded: 0, JobFailed: 1, JobMs: now().getTime() - startedAt.getTime() });
      throw error;
    }
  });
}

function report(job: string, values: MetricValues<'jobs'>): void {
  log.info('Job run', { job, ...values });
  emitMetrics('jobs', values, { job });
}

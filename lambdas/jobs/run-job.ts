import * as z from 'zod';
import type { MetricName, MetricValues } from '../catalog/metric-values.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import { redactText, throwingRedacted } from '../platform/redaction.ts';
import { isAheadOfTime, RunAheadOfTimeError } from './due-time.ts';
import type { JobRun, JobRuns } from './job-runs.queries.ts';

type RunMetric = 'JobSucceeded' | 'JobFailed' | 'JobMs';

/** Counts what a job did. Each name is also a metric, so lambdas/catalog/metrics.ts defines it. */
export type JobCounts = Readonly<Partial<Record<Exclude<MetricName<'jobs'>, RunMetric>, number>>>;

/** A part of a run failed. The run fails, and the counts of its other parts are kept. */
export class PartialRunError extends AggregateError {
  readonly counts: JobCounts;

  constructor(errors: readonly unknown[], message: string, counts: JobCounts) {
    super(errors, message);
    this.name = 'PartialRunError';
    this.counts = counts;
  }
}

/** Input of one job run. */
export interface RunningJob {
  /**
   * Time at which the run was due. Jobs compare due dates with this time, even if the run is late.
   */
  readonly scheduledAt: Date;
  /** Milliseconds until the job must stop. The next run does the remaining work. */
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

/** EventBridge Scheduler sends `scheduledAt`. An operator may omit it and sends `startedBy`. */
const invocation = z.object({
  scheduledAt: z.coerce.date().optional(),
  startedBy: z.string().min(1).default('schedule'),
});

interface LambdaContext {
  /** Identical for each retry of an invocation. */
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

// Reserves time to finish the current chunk and to record the result.
const STOP_BEFORE_END_MS = 10_000;

/**
 * Returns the Lambda handler of a job. Each scheduled time runs once, even if it is started twice.
 * A run ahead of time is recorded as failed and changes nothing.
 * @throws the job's error after recording it, so that Lambda and the scheduler retry the same run.
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
      log.info('Job run is in progress or done', { job: name, scheduledAt });
      return { outcome: 'repeated' };
    }
    const remainingMs = () => context.getRemainingTimeInMillis() - STOP_BEFORE_END_MS;
    try {
      if (isAheadOfTime(scheduledAt, startedAt)) throw new RunAheadOfTimeError(scheduledAt);
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
      const message = redactText(error instanceof Error ? error.message : String(error));
      const counts = error instanceof PartialRunError ? error.counts : {};
      await runs
        .finish(jobRun, { status: 'failed', error: message, counts }, now())
        .catch((recordError) => {
          log.error('Failed to record a failed job run', { job: name, error: recordError });
        });
      report(name, {
        ...counts,
        JobSucceeded: 0,
        JobFailed: 1,
        JobMs: now().getTime() - startedAt.getTime(),
      });
      throw error;
    }
  });
}

function report(job: string, values: MetricValues<'jobs'>): void {
  log.info('Job run', { job, ...values });
  emitMetrics('jobs', values, { job });
}

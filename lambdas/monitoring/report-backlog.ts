import type { JobCounts } from '../jobs/run-job.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import {
  type ExpectedJob,
  type ExpectedProvider,
  measureMissingTraffic,
  measureOutboxBacklog,
  measureOverdueJobs,
} from './backlog.queries.ts';

export interface ReportBacklogDeps {
  readonly pool: GetPool;
  readonly jobs: readonly ExpectedJob[];
  /** Providers whose missing events raise an alarm. */
  readonly expected: readonly ExpectedProvider[];
  readonly now: Clock;
}

/**
 * Emits the metrics that need Postgres: outbox backlog, overdue jobs and missing
 * traffic. Measures at the current time instead of the scheduled time, because the rows show the
 * current state.
 */
export function makeReportBacklog({ pool, jobs, expected, now }: ReportBacklogDeps) {
  return async function reportBacklog(): Promise<JobCounts> {
    const db = await pool();
    const at = now();
    const outbox = await measureOutboxBacklog(db, at);
    emitMetrics(
      'backlog',
      {
        OutboxAgeSeconds: outbox.ageSeconds,
        OutboxWaiting: outbox.waiting,
        OutboxSetAside: outbox.setAside,
      },
      {},
    );
    for (const { job, seconds } of await measureOverdueJobs(db, jobs, at)) {
      if (seconds > 0) log.warn('Job is overdue', { job, overdueSeconds: seconds });
      emitMetrics('overdue-jobs', { OverdueSeconds: seconds }, { job });
    }
    for (const one of expected) {
      const { provider } = one;
      const missingTrafficSeconds = await measureMissingTraffic(db, one, at);
      if (missingTrafficSeconds > 0)
        log.info('Expected provider events are missing', { provider, missingTrafficSeconds });
      emitMetrics(
        'missing-traffic',
        { MissingTrafficSeconds: missingTrafficSeconds },
        { provider },
      );
    }
    return {};
  };
}

import type { JobCounts } from '../jobs/run-job.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import type { GetPool } from '../platform/postgres/idempotency.ts';
import {
  type ExpectedJob,
  measureMissingTraffic,
  measureOutboxBacklog,
  measureOverdueJobs,
} from './backlog.queries.ts';

export interface ReportBacklogDeps {
  readonly pool: GetPool;
  readonly jobs: readonly ExpectedJob[];
  readonly providers: readonly string[];
  readonly now: Clock;
}

/**
 * Tells CloudWatch what only Postgres knows: what waits, which job is overdue, and who is silent. It measures at the time
 * it runs and not at the time it was due, as what it finds is true only then.
 */
export function makeReportBacklog({ pool, jobs, providers, now }: ReportBacklogDeps) {
  return async function reportBacklog(): Promise<JobCounts> {
    const db = await pool();
    const at = now();
    const outbox = await measureOutboxBacklog(db, at);
    emitMetrics(
      'backlog',
      { OutboxAgeSeconds: outbox.ageSeconds, OutboxWaiting: outbox.waiting },
      {},
    );
    for (const { job, seconds } of await measureOverdueJobs(db, jobs, at)) {
      if (seconds > 0) log.warn('Job is overdue', { job, overdueSeconds: seconds });
      emitMetrics('overdue-jobs', { OverdueSeconds: seconds }, { job });
    }
    for (const provider of providers) {
      const missingTrafficSeconds = await measureMissingTraffic(db, provider, at);
      if (missingTrafficSeconds > 0)
        log.info('Provider has not answered yet', { provider, missingTrafficSeconds });
      emitMetrics(
        'missing-traffic',
        { MissingTrafficSeconds: missingTrafficSeconds },
        { provider },
      );
    }
    return {};
  };
}

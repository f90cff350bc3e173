import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { type Prunable, pruneChunk } from './prune.queries.ts';
import type { RetentionDays } from './retention-days.ts';

export interface PruneDeps {
  readonly pool: GetPool;
  readonly retention: RetentionDays;
  /** Number of rows that one transaction removes. */
  readonly chunk?: number;
}

const DAY_MS = 86_400_000;

// A chunk takes about 50 ms; the limit allows for a busy database.
const CHUNK_MS = 5_000;

const metricNames = {
  webhookBodies: 'BodiesPruned',
  webhookEvents: 'EventsPruned',
  idempotencyRecords: 'IdempotencyRecordsPruned',
  outboxEntries: 'OutboxEntriesPruned',
  jobRuns: 'JobRunsPruned',
  shareLinkExpiries: 'ShareLinkExpiriesPruned',
  missedEvents: 'MissedEventsPruned',
} as const satisfies Record<Prunable, string>;

/** Prunes one chunk of each kind in turn, so that a backlog of one kind cannot block the others. */
export function makePrune({ pool, retention, chunk = 1_000 }: PruneDeps) {
  return async function prune({ scheduledAt, remainingMs }: RunningJob): Promise<JobCounts> {
    const counts: Record<string, number> = Object.fromEntries(
      Object.values(metricNames).map((name) => [name, 0]),
    );
    let unfinished = cutoffs(retention, scheduledAt);
    while (unfinished.length > 0 && remainingMs() > CHUNK_MS) {
      const next: typeof unfinished = [];
      for (const [kind, before] of unfinished) {
        const hasTime = remainingMs() > CHUNK_MS;
        const removed = hasTime
          ? await inTransaction(await pool(), (tx) => pruneChunk(tx, kind, before, chunk))
          : 0;
        counts[metricNames[kind]] = (counts[metricNames[kind]] ?? 0) + removed;
        if (!hasTime || removed === chunk) next.push([kind, before]);
      }
      unfinished = next;
    }
    return { ...counts, PrunesUnfinished: unfinished.length };
  };
}

/** Returns for each kind the time before which its rows are removed. */
function cutoffs(days: RetentionDays, at: Date): [Prunable, Date][] {
  const daysBefore = (count: number) => new Date(at.getTime() - count * DAY_MS);
  return [
    ['webhookBodies', daysBefore(days.webhookBodies)],
    ['webhookEvents', daysBefore(days.webhookEvents)],
    ['idempotencyRecords', at],
    ['outboxEntries', daysBefore(days.outbox)],
    ['jobRuns', daysBefore(days.jobRuns)],
    ['shareLinkExpiries', daysBefore(days.jobRuns)],
    ['missedEvents', daysBefore(days.webhookEvents)],
  ];
}

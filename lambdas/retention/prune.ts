import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import type { GetPool } from '../platform/postgres/idempotency.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { type Prunable, pruneChunk } from './prune.queries.ts';
import type { RetentionDays } from './retention-days.ts';

export interface PruneDeps {
  readonly pool: GetPool;
  readonly retention: RetentionDays;
  /** Rows for one transaction. */
  readonly chunk?: number;
}

const DAY_MS = 86_400_000;

// A chunk takes some 50 ms; this is for a database that is busy.
const CHUNK_MS = 5_000;

const counted = {
  webhookBodies: 'BodiesPruned',
  webhookEvents: 'EventsPruned',
  idempotencyRecords: 'IdempotencyRecordsPruned',
  outboxEntries: 'OutboxEntriesPruned',
  jobRuns: 'JobRunsPruned',
  shareLinkExpiries: 'ShareLinkExpiriesPruned',
} as const satisfies Record<Prunable, string>;

/** One chunk of each kind in turn, so that a backlog of one cannot keep the others waiting day after day. */
export function makePrune({ pool, retention, chunk = 1_000 }: PruneDeps) {
  return async function prune({ scheduledAt, remainingMs }: RunningJob): Promise<JobCounts> {
    const counts: Record<string, number> = Object.fromEntries(
      Object.values(counted).map((name) => [name, 0]),
    );
    let open = cutoffs(retention, scheduledAt);
    while (open.length > 0 && remainingMs() > CHUNK_MS) {
      const unfinished: typeof open = [];
      for (const [what, before] of open) {
        const hasTime = remainingMs() > CHUNK_MS;
        const removed = hasTime
          ? await inTransaction(await pool(), (tx) => pruneChunk(tx, what, before, chunk))
          : 0;
        counts[counted[what]] = (counts[counted[what]] ?? 0) + removed;
        if (!hasTime || removed === chunk) unfinished.push([what, before]);
      }
      open = unfinished;
    }
    return { ...counts, PrunesUnfinished: open.length };
  };
}

function cutoffs(days: RetentionDays, at: Date): [Prunable, Date][] {
  const before = (count: number) => new Date(at.getTime() - count * DAY_MS);
  return [
    ['webhookBodies', before(days.webhookBodies)],
    ['webhookEvents', before(days.webhookEvents)],
    ['idempotencyRecords', at],
    ['outboxEntries', before(days.outbox)],
    ['jobRuns', before(days.jobRuns)],
    ['shareLinkExpiries', before(days.jobRuns)],
  ];
}

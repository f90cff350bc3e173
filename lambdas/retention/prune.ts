import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { inTransaction, type Transaction } from '../platform/postgres/transaction.ts';
import { type Prunable, pruneChunk } from './prune.queries.ts';
import { pruneAudit } from './prune-audit.ts';
import { type GivenRetentionDays, type RetentionDays, withDefaults } from './retention-days.ts';

export interface PruneDeps {
  readonly pool: GetPool;
  readonly retention: GivenRetentionDays;
  /** Number of rows that one transaction removes. */
  readonly chunk?: number;
}

const DAY_MS = 86_400_000;

// A chunk takes about 50 ms; the limit allows for a busy database.
const CHUNK_MS = 5_000;

/** Kinds of rows, with the records of the audit log. */
type Kind = Prunable | 'auditRecords';

const metricNames = {
  webhookBodies: 'BodiesPruned',
  webhookEvents: 'EventsPruned',
  idempotencyRecords: 'IdempotencyRecordsPruned',
  outboxEntries: 'OutboxEntriesPruned',
  jobRuns: 'JobRunsPruned',
  shareLinkExpiries: 'ShareLinkExpiriesPruned',
  missedEvents: 'MissedEventsPruned',
  notifications: 'NotificationsPruned',
  mailIncidents: 'MailIncidentsPruned',
  suppressions: 'SuppressionsPruned',
  invitations: 'InvitationsPruned',
  shareLinks: 'ShareLinksPruned',
  videoTexts: 'VideoTextsPruned',
  commandLeases: 'CommandLeasesPruned',
  declarations: 'DeclarationsPruned',
  unfinishedRuns: 'UnfinishedRunsPruned',
  auditRecords: 'AuditRecordsPruned',
} as const satisfies Record<Kind, string>;

export const prunedKinds = Object.keys(metricNames) as readonly Kind[];

/** Prunes one chunk of each kind in turn, so that a backlog of one kind cannot block the others. */
export function makePrune({ pool, retention, chunk = 1_000 }: PruneDeps) {
  return async function prune({ scheduledAt, remainingMs }: RunningJob): Promise<JobCounts> {
    const counts: Record<string, number> = Object.fromEntries(
      Object.values(metricNames).map((name) => [name, 0]),
    );
    let unfinished = cutoffs(withDefaults(retention), scheduledAt);
    while (unfinished.length > 0 && remainingMs() > CHUNK_MS) {
      const next: typeof unfinished = [];
      for (const [kind, before] of unfinished) {
        const hasTime = remainingMs() > CHUNK_MS;
        const removed = hasTime
          ? await inTransaction(await pool(), (tx) => removeChunk(tx, kind, before, chunk))
          : 0;
        counts[metricNames[kind]] = (counts[metricNames[kind]] ?? 0) + removed;
        if (!hasTime || removed === chunk) next.push([kind, before]);
      }
      unfinished = next;
    }
    return { ...counts, PrunesUnfinished: unfinished.length };
  };
}

const removeChunk = (tx: Transaction, kind: Kind, before: Date, limit: number): Promise<number> =>
  kind === 'auditRecords' ? pruneAudit(tx, before, limit) : pruneChunk(tx, kind, before, limit);

/** Returns for each kind the time before which its rows are removed. */
function cutoffs(days: RetentionDays, at: Date): [Kind, Date][] {
  const daysBefore = (count: number) => new Date(at.getTime() - count * DAY_MS);
  return [
    ['webhookBodies', daysBefore(days.webhookBodies)],
    ['webhookEvents', daysBefore(days.webhookEvents)],
    ['idempotencyRecords', at],
    ['outboxEntries', daysBefore(days.outbox)],
    ['jobRuns', daysBefore(days.jobRuns)],
    ['shareLinkExpiries', daysBefore(days.jobRuns)],
    ['missedEvents', daysBefore(days.webhookEvents)],
    ['notifications', daysBefore(days.notifications)],
    // Incidents first: a row of an address stays as long as one of its incidents.
    ['mailIncidents', daysBefore(days.mailIncidents)],
    ['suppressions', daysBefore(days.mailIncidents)],
    ['invitations', daysBefore(days.closedRecords)],
    ['shareLinks', daysBefore(days.closedRecords)],
    ['videoTexts', daysBefore(days.closedRecords)],
    ['commandLeases', daysBefore(1)],
    ['declarations', daysBefore(days.operatorActions)],
    ['unfinishedRuns', daysBefore(days.jobRuns)],
    ['auditRecords', daysBefore(days.operatorActions)],
  ];
}

import type { NewNotification } from '../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../outbox/outbox.queries.ts';
import { outboxEntry } from '../outbox/outbox-entry.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { Documents } from './documents.ts';
import type { ResidencyFacts } from './residency-facts.ts';
import type { ReportRecord } from './residency-reports.queries.ts';

export interface CompletedReport {
  readonly report: ReportRecord;
  readonly facts: ResidencyFacts;
  readonly documents: Documents;
  readonly recipient: string;
}

export interface ReportMessages {
  readonly notification: NewNotification;
  readonly outbox: readonly OutboxEntry[];
}

const source = 'report-residency';

/**
 * Composes the mail with the attached report, and the domain event. The mail contains the hash, so
 * that a person who can change the bucket cannot change every copy of the hash.
 */
export function composeReportMessages(completed: CompletedReport): ReportMessages {
  const { id, week, sha256, generatedAt, assets, violations } = completed.report;
  const notification = composeMail(completed);
  const origin = { source, eventId: id, occurredAt: generatedAt };
  return {
    notification,
    outbox: [
      outboxEntry(
        origin,
        'residency.reported',
        { week, reportId: id, sha256, assets, violations },
        generatedAt,
      ),
      outboxEntry(
        origin,
        'notification.requested',
        { notificationId: notification.id },
        generatedAt,
      ),
    ],
  };
}

function composeMail({ report, facts, documents, recipient }: CompletedReport): NewNotification {
  const { id, week, sha256, previousSha256, sequence, generatedAt } = report;
  return {
    id: deterministicUuid(source, id, 'mail'),
    recipient,
    kind: 'residency.reported',
    params: {
      stage: facts.stage,
      week,
      sequence,
      sha256,
      previousSha256,
      totals: facts.totals,
      rows: facts.rows.map(({ provider, region, standing, assets }) => ({
        provider,
        region,
        standing,
        assets,
      })),
      attachments: [
        { filename: `residency-${week}.html`, contentType: 'text/html', content: documents.html },
        { filename: `residency-${week}.csv`, contentType: 'text/csv', content: documents.csv },
        {
          filename: `residency-${week}.json`,
          contentType: 'application/json',
          content: documents.json,
        },
      ],
    },
    source,
    eventId: id,
    assetId: null,
    createdAt: generatedAt,
  };
}

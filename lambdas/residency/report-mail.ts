import type { NewNotification } from '../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../outbox/outbox.queries.ts';
import { outboxEntry } from '../outbox/outbox-entry.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { Documents } from './documents.ts';
import type { ResidencyFacts } from './residency-facts.ts';
import type { ReportRecord } from './residency-reports.queries.ts';

export interface MadeReport {
  readonly report: ReportRecord;
  readonly facts: ResidencyFacts;
  readonly documents: Documents;
  readonly recipient: string;
}

const source = 'report-residency';

/** A mail with the report attached, and a domain event. The mail's hash is a copy that the bucket's owner cannot change. */
export function tellOfReport({ report, facts, documents, recipient }: MadeReport): {
  readonly notification: NewNotification;
  readonly outbox: readonly OutboxEntry[];
} {
  const {
    id,
    week,
    sha256,
    previousSha256,
    sequence,
    generatedAt: createdAt,
    assets,
    violations,
  } = report;
  const notification: NewNotification = {
    id: deterministicUuid(source, id, 'mail'),
    recipient,
    kind: 'residency.reported',
    params: {
      ...{ stage: facts.stage, week, sequence, sha256, previousSha256, totals: facts.totals },
      rows: facts.rows.map(({ provider, region, standing, assets: count }) => ({
        provider,
        region,
        standing,
        assets: count,
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
    ...{ source, eventId: id, assetId: null, createdAt },
  };
  const cause = { source, eventId: id, occurredAt: createdAt };
  return {
    notification,
    outbox: [
      outboxEntry(
        cause,
        'residency.reported',
        { week, reportId: id, sha256, assets, violations },
        createdAt,
      ),
      outboxEntry(cause, 'notification.requested', { notificationId: notification.id }, createdAt),
    ],
  };
}

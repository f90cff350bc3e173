import type { NewNotification } from '../notifications/notifications.queries.ts';
import type { OutboxEntry } from '../outbox/outbox.queries.ts';
import { outboxEntry } from '../outbox/outbox-entry.ts';
import { deterministicUuid } from '../platform/deterministic-id.ts';
import type { Documents } from './documents/compose-documents.ts';
import type { ReportDocument } from './documents/report-document.ts';
import { basisSentence, regionText, verdictSentence } from './documents/report-text.ts';
import type { ReportRecord } from './residency-reports.queries.ts';

export interface CompletedReport {
  readonly report: ReportRecord;
  readonly document: ReportDocument;
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

function composeMail({ report, document, documents, recipient }: CompletedReport): NewNotification {
  const { id, week, sha256, previousSha256, sequence, generatedAt } = report;
  return {
    id: deterministicUuid(source, id, 'mail'),
    recipient,
    kind: 'residency.reported',
    params: {
      stage: document.stage,
      week,
      sequence,
      sha256,
      previousSha256,
      publicKeySha256: document.signature.publicKeySha256,
      verdict: document.verdict,
      finding: verdictSentence(document),
      basis: basisSentence(document.totals),
      rows: document.rows.map(({ provider, region, basis, verdict, assets }) => ({
        provider,
        region: regionText(region),
        basis,
        verdict,
        assets,
      })),
      attachments: attachmentsOf(week, documents),
    },
    source,
    eventId: id,
    assetId: null,
    createdAt: generatedAt,
  };
}

const attachmentsOf = (week: string, documents: Documents) => [
  {
    filename: `residency-${week}.pdf`,
    contentType: 'application/pdf',
    content: Buffer.from(documents['report.pdf']).toString('base64'),
    encoding: 'base64',
  },
  {
    filename: `residency-${week}.html`,
    contentType: 'text/html',
    content: documents['report.html'],
  },
  { filename: `residency-${week}.csv`, contentType: 'text/csv', content: documents['report.csv'] },
  {
    filename: `residency-${week}.json`,
    contentType: 'application/json',
    content: documents['report.json'],
  },
];

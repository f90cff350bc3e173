import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { domainEvents, eventSource } from '../catalog/domain-events.ts';
import { parseJson } from '../platform/json.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import type { NotificationResult } from './send-notification.ts';

/** A domain event as EventBridge puts it into a queue. */
const envelope = z.object({
  source: z.literal(eventSource),
  'detail-type': z.literal('notification.requested'),
  detail: domainEvents['notification.requested'],
});

type Result =
  | NotificationResult
  | { readonly outcome: 'deferred'; readonly code: string; readonly error: unknown }
  | { readonly outcome: 'unreadable' | 'rate-limited' };

/** One after the other: Resend counts requests per second and team. */
export function makeSendBatch(sendNotification: (id: string) => Promise<NotificationResult>) {
  return async function sendBatch({ Records }: SQSEvent): Promise<SQSBatchResponse> {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    let holdsBack = false;
    for (const record of Records) {
      const startedAt = performance.now();
      const notificationId = readNotificationId(record.body);
      const result = await settle(notificationId, holdsBack, sendNotification);
      report(record, notificationId, result, Math.round(performance.now() - startedAt));
      holdsBack ||= 'holdsBack' in result && result.holdsBack;
      if (isOpen(result)) batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };
}

async function settle(
  notificationId: string | undefined,
  holdsBack: boolean,
  sendNotification: (id: string) => Promise<NotificationResult>,
): Promise<Result> {
  if (notificationId === undefined) return { outcome: 'unreadable' };
  if (holdsBack) return { outcome: 'rate-limited' };
  try {
    return await sendNotification(notificationId);
  } catch (error) {
    return { outcome: 'deferred', code: 'unexpected', error };
  }
}

function readNotificationId(body: string): string | undefined {
  return envelope.safeParse(parseJson(body)).data?.detail.notificationId;
}

// An unreadable message stays open too, so that it ends among the dead letters and not nowhere.
function isOpen({ outcome }: Result): boolean {
  return outcome === 'deferred' || outcome === 'rate-limited' || outcome === 'unreadable';
}

const levels = {
  sent: 'info',
  'already-sent': 'info',
  suppressed: 'info',
  'rate-limited': 'info',
  deferred: 'warn',
  failed: 'error',
  unreadable: 'error',
} as const satisfies Record<Result['outcome'], keyof typeof log>;

function report(
  record: SQSRecord,
  notificationId: string | undefined,
  result: Result,
  durationMs: number,
): void {
  const { messageId, attributes } = record;
  const receives = Number(attributes.ApproximateReceiveCount);
  log[levels[result.outcome]]('mail', {
    notificationId,
    messageId,
    receives,
    durationMs,
    ...result,
  });
  emitMetrics('mails', { Mails: 1, MailMs: durationMs }, { outcome: result.outcome });
}

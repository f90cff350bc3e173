import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { domainEvents, eventSource } from '../catalog/domain-events.ts';
import { parseJson } from '../platform/json.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import type { NotificationResult } from './send-notification.ts';

/** A domain event in the form in which EventBridge writes it to a queue. */
const envelope = z.object({
  source: z.literal(eventSource),
  'detail-type': z.literal('notification.requested'),
  detail: domainEvents['notification.requested'],
});

type RecordResult =
  | NotificationResult
  | { readonly outcome: 'deferred'; readonly code: string; readonly error: unknown }
  | { readonly outcome: 'unreadable' | 'rate-limited' };

/**
 * Sends the mails of a batch one after the other, as Resend limits the requests per second and
 * team. After a rate limit, the rest of the batch returns to the queue without a request.
 */
export function makeSendBatch(sendNotification: (id: string) => Promise<NotificationResult>) {
  return async function sendBatch({ Records }: SQSEvent): Promise<SQSBatchResponse> {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    let isRateLimited = false;
    for (const record of Records) {
      const startedAt = performance.now();
      const notificationId = readNotificationId(record.body);
      const result = await handleRecord(notificationId, isRateLimited, sendNotification);
      report(record, notificationId, result, Math.round(performance.now() - startedAt));
      isRateLimited ||= 'isRateLimited' in result && result.isRateLimited;
      if (isRetriable(result)) batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };
}

async function handleRecord(
  notificationId: string | undefined,
  isRateLimited: boolean,
  sendNotification: (id: string) => Promise<NotificationResult>,
): Promise<RecordResult> {
  if (notificationId === undefined) return { outcome: 'unreadable' };
  if (isRateLimited) return { outcome: 'rate-limited' };
  try {
    return await sendNotification(notificationId);
  } catch (error) {
    return { outcome: 'deferred', code: 'unexpected', error };
  }
}

function readNotificationId(body: string): string | undefined {
  return envelope.safeParse(parseJson(body)).data?.detail.notificationId;
}

// An unreadable message is returned too, so that SQS moves it to the dead-letter queue.
function isRetriable({ outcome }: RecordResult): boolean {
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
} as const satisfies Record<RecordResult['outcome'], keyof typeof log>;

function report(
  record: SQSRecord,
  notificationId: string | undefined,
  result: RecordResult,
  durationMs: number,
): void {
  const { messageId, attributes } = record;
  const receives = Number(attributes.ApproximateReceiveCount);
  log[levels[result.outcome]]('Mail processed', {
    notificationId,
    messageId,
    receives,
    durationMs,
    ...result,
  });
  emitMetrics('mails', { Mails: 1, MailMs: durationMs }, { outcome: result.outcome });
}

import { setTimeout } from 'node:timers/promises';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { domainEvents, eventSource } from '../catalog/domain-events.ts';
import { MAX_RECEIVES } from '../catalog/retry-limits.ts';
import { ageMs } from '../platform/age.ts';
import { delayRetry, returnAsCopy } from '../platform/aws/return-message.ts';
import type { ConsumedQueue } from '../platform/aws/sqs.ts';
import type { Clock } from '../platform/clock.ts';
import { parseJson } from '../platform/json.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import {
  isDatabaseUnavailable,
  OUTAGE_HOLD_MS,
  outageDelaySeconds,
} from '../platform/postgres/unavailable.ts';
import type { NotificationResult, SendNotification } from './send-notification.ts';

/** A domain event in the form in which EventBridge writes it to a queue. */
const envelope = z.object({
  source: z.literal(eventSource),
  'detail-type': z.literal('notification.requested'),
  detail: domainEvents['notification.requested'],
});

type RecordResult =
  | NotificationResult
  | { readonly outcome: 'deferred'; readonly code: string; readonly error: unknown }
  | { readonly outcome: 'database-unavailable'; readonly error: unknown }
  | { readonly outcome: 'unreadable' };

export interface SendBatchDeps {
  readonly sendNotification: SendNotification;
  /** The queue of the batch. */
  readonly queue: ConsumedQueue;
  readonly now: Clock;
  /** From 0 up to 1. */
  readonly random?: () => number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

type SendBatch = (
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<SQSBatchResponse>;

/**
 * Sends the mails of a batch one after the other, each in a slot that all senders share. A mail
 * without a slot returns to the queue as a new message, because a message that returns as failed
 * loses one of its three receives. So do all further mails of a batch once Postgres is unavailable,
 * without an attempt: each attempt at a server that does not answer takes seconds. A crash after
 * the copy leaves two messages, and the sender sends one mail.
 */
export function makeSendBatch(deps: SendBatchDeps): SendBatch {
  return async function sendBatch({ Records }, context) {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    const remainingMs = () => context.getRemainingTimeInMillis();
    let outage: RecordResult | undefined;
    for (const record of Records) {
      const startedAt = performance.now();
      const notificationId = readNotificationId(record.body);
      const result =
        outage ?? (await handleRecord(notificationId, deps.sendNotification, remainingMs));
      if (result.outcome === 'database-unavailable' && outage === undefined) {
        outage = result;
        await holdBatch(deps, performance.now() - startedAt);
      }
      report(record, { notificationId, result, deps, startedAt });
      if (!(await acknowledge(record, result, deps)))
        batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  };
}

/** Occupies the sender, so that senders do not receive the whole queue again and again. */
async function holdBatch({ wait = setTimeout }: SendBatchDeps, elapsedMs: number): Promise<void> {
  await wait(Math.max(0, OUTAGE_HOLD_MS - elapsedMs));
}

async function handleRecord(
  notificationId: string | undefined,
  sendNotification: SendNotification,
  remainingMs: () => number,
): Promise<RecordResult> {
  if (notificationId === undefined) return { outcome: 'unreadable' };
  try {
    return await sendNotification(notificationId, remainingMs);
  } catch (error) {
    return isDatabaseUnavailable(error)
      ? { outcome: 'database-unavailable', error }
      : { outcome: 'deferred', code: 'unexpected', error };
  }
}

/** @returns false if the message must be received again. */
async function acknowledge(
  record: SQSRecord,
  result: RecordResult,
  { queue, random = Math.random }: SendBatchDeps,
): Promise<boolean> {
  if (result.outcome === 'rate-limited') return returnAsCopy(record, result.delaySeconds, queue);
  if (result.outcome === 'database-unavailable')
    return returnAsCopy(record, outageDelaySeconds(random()), queue);
  // An unreadable message is received again too, so that SQS moves it to the dead-letter queue.
  if (result.outcome !== 'deferred' && result.outcome !== 'unreadable') return true;
  await delayRetry(record, retryDelaySeconds(receivesOf(record), random()), queue);
  return false;
}

// Three attempts cover an outage of some ten minutes without a dead letter.
const FIRST_RETRY_SECONDS = 60;
const RETRY_GROWTH = 10;

function retryDelaySeconds(receives: number, random: number): number {
  // SQS moves the message to the dead-letter queue at the next receive.
  if (receives >= MAX_RECEIVES) return 1;
  const longest = FIRST_RETRY_SECONDS * RETRY_GROWTH ** (receives - 1);
  return Math.ceil(longest / 2 + (longest / 2) * random);
}

function receivesOf({ attributes }: SQSRecord): number {
  return Math.max(1, Number(attributes.ApproximateReceiveCount));
}

function readNotificationId(body: string): string | undefined {
  return envelope.safeParse(parseJson(body)).data?.detail.notificationId;
}

const levels = {
  sent: 'info',
  'sent-unconfirmed': 'warn',
  'already-sent': 'info',
  suppressed: 'info',
  'rate-limited': 'info',
  deferred: 'warn',
  'database-unavailable': 'warn',
  failed: 'error',
  unreadable: 'error',
} as const satisfies Record<RecordResult['outcome'], keyof typeof log>;

interface HandledRecord {
  readonly notificationId: string | undefined;
  readonly result: RecordResult;
  readonly deps: SendBatchDeps;
  readonly startedAt: number;
}

function report(
  record: SQSRecord,
  { notificationId, result, deps, startedAt }: HandledRecord,
): void {
  const { messageId } = record;
  const receives = receivesOf(record);
  const durationMs = Math.round(performance.now() - startedAt);
  log[levels[result.outcome]]('Mail processed', {
    notificationId,
    messageId,
    receives,
    durationMs,
    ...result,
  });
  const requestedAt = 'requestedAt' in result ? result.requestedAt : undefined;
  const ageSeconds = requestedAt && Math.round(ageMs(requestedAt, deps.now()) / 1000);
  if (result.outcome === 'suppressed' && result.isOperational)
    emitMetrics('operational-mails', { OperationalMailsSuppressed: 1 }, {});
  emitMetrics(
    'mails',
    {
      Mails: 1,
      MailMs: durationMs,
      ...(ageSeconds !== undefined && { MailAgeSeconds: ageSeconds }),
    },
    { outcome: result.outcome },
  );
}

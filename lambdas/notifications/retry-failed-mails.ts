import * as z from 'zod';
import { receiveOlder } from '../platform/aws/receive-older.ts';
import type { ProviderQueues } from '../platform/aws/redrivable-queues.ts';
import type { ReceivedMessage } from '../platform/aws/sqs.ts';
import type { Clock } from '../platform/clock.ts';
import { log } from '../platform/logger.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { isTooOld } from './mail-age.ts';
import { abandonMails, findMailStatuses, type MailStatusRecord } from './notifications.queries.ts';

export interface RetryFailedMailsDeps {
  /** Queues of mail requests. Each message is an event as EventBridge wrote it to the queue. */
  readonly requests: ProviderQueues;
  readonly pool: GetPool;
  readonly now: Clock;
}

export interface FailedMailCounts {
  readonly redriven: number;
  readonly abandoned: number;
  readonly discarded: number;
}

const VISIBILITY_TIMEOUT_SECONDS = 120;

const mailRequest = z.object({ detail: z.object({ notificationId: z.uuid() }) });

/**
 * Handles up to ten failed mail requests from the dead-letter queue. Requests fail while Resend or
 * Postgres is unavailable. Each pending request is sent back before its dead letter is deleted: a
 * crash between the two requests a mail twice, and the sender sends the mail once.
 * @returns undefined if no request is older than `startedAt`.
 */
export async function retryFailedMails(
  { requests, pool, now }: RetryFailedMailsDeps,
  startedAt: Date,
): Promise<FailedMailCounts | undefined> {
  const messages = await receiveOlder(requests.deadLetters, startedAt, {
    visibilitySeconds: VISIBILITY_TIMEOUT_SECONDS,
  });
  if (messages.length === 0) return undefined;

  const ids = new Map(messages.map((message) => [message, readId(message)]));
  const db = await pool();
  const known = await findMailStatuses(
    db,
    [...ids.values()].filter((id) => id !== undefined),
  );
  const isAbandoned = ({ requestedAt }: MailStatusRecord) => isTooOld(requestedAt, now());
  const pending = known.filter(({ status }) => status === 'pending');
  const tooOld = pending.filter(isAbandoned);
  await abandonMails(
    db,
    tooOld.map(({ id }) => id),
  );

  const retriable = new Set(pending.filter((mail) => !isAbandoned(mail)).map(({ id }) => id));
  const redriven = messages.filter((message) => retriable.has(ids.get(message) ?? ''));
  await Promise.all(redriven.map(({ body }) => requests.enqueue({ body, attributes: {} })));
  await Promise.all(
    messages.map(({ receiptHandle }) => requests.deadLetters.delete(receiptHandle)),
  );
  return {
    redriven: redriven.length,
    abandoned: tooOld.length,
    discarded: messages.length - redriven.length - tooOld.length,
  };
}

function readId({ body, messageId }: ReceivedMessage): string | undefined {
  try {
    return mailRequest.parse(JSON.parse(body)).detail.notificationId;
  } catch (error) {
    // This system writes no such message, and a retry cannot succeed.
    log.error('Failed to read a mail request', { messageId, body, error });
    return undefined;
  }
}

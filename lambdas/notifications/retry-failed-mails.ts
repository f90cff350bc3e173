import * as z from 'zod';
import type { ProviderQueues } from '../platform/aws/redrivable-queues.ts';
import type { ReceivedMessage } from '../platform/aws/sqs.ts';
import type { Clock } from '../platform/clock.ts';
import { log } from '../platform/logger.ts';
import type { MailStatusRecord } from './notifications.queries.ts';

export interface RetryFailedMailsDeps {
  /** Of requests to mail a notification, in the shape in which EventBridge puts them there. */
  readonly requests: ProviderQueues;
  readonly store: {
    findMailStatuses(ids: readonly string[]): Promise<readonly MailStatusRecord[]>;
    abandonMails(ids: readonly string[]): Promise<void>;
  };
  readonly now: Clock;
}

export interface FailedMailCounts {
  readonly redriven: number;
  readonly abandoned: number;
  readonly dropped: number;
}

// A mail about news of three days ago helps nobody; the portal shows the notification all the same.
const WORTH_MAILING_MS = 3 * 24 * 3_600_000;

const HOLD_SECONDS = 120;

const request = z.object({ detail: z.object({ notificationId: z.uuid() }) });

/**
 * Takes at most ten requests that the sender gave up on, for want of Resend or Postgres. What is still to be mailed goes
 * back before it is deleted: a crash in between requests a mail twice, and the sender mails it once.
 * @returns undefined when there are none for this run.
 */
export async function retryFailedMails(
  { requests, store, now }: RetryFailedMailsDeps,
  startedAt: Date,
): Promise<FailedMailCounts | undefined> {
  const received = await requests.deadLetters.receive(HOLD_SECONDS);
  const tooNew = received.filter(({ sentAt }) => sentAt >= startedAt);
  await Promise.all(
    tooNew.map(({ receiptHandle }) => requests.deadLetters.changeVisibility(receiptHandle, 0)),
  );
  const messages = received.filter(({ sentAt }) => sentAt < startedAt);
  if (messages.length === 0) return undefined;

  const ids = new Map(messages.map((message) => [message, readId(message)]));
  const known = await store.findMailStatuses([...ids.values()].filter((id) => id !== undefined));
  const pending = new Map(
    known.filter(({ status }) => status === 'pending').map((mail) => [mail.id, mail]),
  );
  const tooOld = [...pending.values()].filter(
    ({ createdAt }) => now().getTime() - createdAt.getTime() > WORTH_MAILING_MS,
  );
  await store.abandonMails(tooOld.map(({ id }) => id));
  for (const { id } of tooOld) pending.delete(id);

  const again = messages.filter((message) => pending.has(ids.get(message) ?? ''));
  await Promise.all(again.map(({ body }) => requests.enqueue({ body, attributes: {} })));
  await Promise.all(
    messages.map(({ receiptHandle }) => requests.deadLetters.delete(receiptHandle)),
  );
  return {
    redriven: again.length,
    abandoned: tooOld.length,
    dropped: messages.length - again.length - tooOld.length,
  };
}

function readId({ body, messageId }: ReceivedMessage): string | undefined {
  try {
    return request.parse(JSON.parse(body)).detail.notificationId;
  } catch (error) {
    // Nothing of ours writes such a message, and nobody can do anything with it.
    log.error('A request to mail cannot be read', { messageId, body, error });
    return undefined;
  }
}

import { randomUUID } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';
import { type Envelope, toQueueMessage } from '../../../lambdas/webhooks/envelope.ts';
import { aRecord } from '../processor.ts';

export interface TestMail {
  readonly notificationId: string;
  readonly emailId: string;
  readonly to: string;
}

export interface ResendEvent {
  /** Value of the header `svix-id`. */
  readonly id: string;
  readonly body: {
    readonly type: string;
    readonly created_at: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

/**
 * Returns an event of Resend about a mail.
 * @param data Overrides the default fields.
 */
export function aResendEvent(
  type: string,
  { notificationId, emailId, to }: TestMail,
  {
    at = '2026-03-01T10:00:00.000Z',
    data = {},
  }: { at?: string; data?: Record<string, unknown> } = {},
): ResendEvent {
  const defaults = {
    email_id: emailId,
    created_at: at,
    from: 'portal@example.org',
    to: [to],
    subject: 'Ready',
  };
  const body = {
    type,
    created_at: at,
    data: { ...defaults, tags: { notification_id: notificationId, kind: 'asset-ready' }, ...data },
  };
  return { id: `msg_${randomUUID()}`, body };
}

/** A transient bounce of the sub-type General is typically an automatic reply. */
const subTypes: Readonly<Record<string, string>> = { Transient: 'MailboxFull' };

/** @param type Bounce type as spelled by Resend; undefined omits the field. */
export function aBounce(
  mail: TestMail,
  type: string | undefined,
  options: { at?: string } = {},
): ResendEvent {
  const bounce = {
    message: `It bounced (${type}).`,
    ...(type === undefined ? {} : { type, subType: subTypes[type] ?? 'General' }),
  };
  return aResendEvent('email.bounced', mail, { ...options, data: { bounce } });
}

/** Returns an event about a change of Resend's suppression list. */
export function aListEvent(
  change: 'added' | 'removed',
  email: string,
  {
    at = '2026-03-01T10:00:00.000Z',
    origin = 'bounce',
  }: { at?: string; origin?: 'bounce' | 'complaint' | 'manual' } = {},
): ResendEvent {
  const data = { id: randomUUID(), email, origin, source_id: null, created_at: at };
  return {
    id: `msg_${randomUUID()}`,
    body: { type: `suppression.${change}`, created_at: at, data },
  };
}

/** Creates a message as sent by the verifier and received from SQS. */
export function aResendRecord(
  { id, body }: ResendEvent,
  envelope: Partial<Envelope> = {},
): SQSRecord {
  const message = toQueueMessage({
    provider: 'resend',
    eventId: id,
    eventType: body.type,
    receivedAt: '2026-03-01T10:00:01.000Z',
    trace: 'trace-1',
    body: JSON.stringify(body),
    ...envelope,
  });
  return aRecord(message.body, message.attributes);
}

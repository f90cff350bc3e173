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
  /** What Svix sends as `svix-id`. */
  readonly id: string;
  readonly body: {
    readonly type: string;
    readonly created_at: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

/** What Resend posts about a mail. @param data Covers what is there already. */
export function aResendEvent(
  type: string,
  { notificationId, emailId, to }: TestMail,
  {
    at = '2026-03-01T10:00:00.000Z',
    data = {},
  }: { at?: string; data?: Record<string, unknown> } = {},
): ResendEvent {
  const facts = {
    email_id: emailId,
    created_at: at,
    from: 'portal@example.org',
    to: [to],
    subject: 'Ready',
  };
  const body = {
    type,
    created_at: at,
    data: { ...facts, tags: { notification_id: notificationId, kind: 'asset-ready' }, ...data },
  };
  return { id: `msg_${randomUUID()}`, body };
}

/** @param type As Resend writes it; undefined leaves it out. */
export function aBounce(
  mail: TestMail,
  type: string | undefined,
  options: { at?: string } = {},
): ResendEvent {
  const bounce = {
    message: `It bounced (${type}).`,
    ...(type === undefined ? {} : { type, subType: 'General' }),
  };
  return aResendEvent('email.bounced', mail, { ...options, data: { bounce } });
}

/** A message as the verifier sends it and SQS hands it to the processor. */
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

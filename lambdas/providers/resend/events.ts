import * as z from 'zod';
import { eventTextLimits } from '../../catalog/domain-events.ts';
import { bareAddress } from '../../notifications/email-address.ts';
import type { MailDeliveryStatus } from '../../notifications/email-deliveries.queries.ts';
import type { IncidentKind } from '../../notifications/email-suppressions.queries.ts';
import { cutText } from '../../platform/cut-text.ts';
import { storableText } from '../../platform/storable-text.ts';
import { PermanentError } from '../../webhooks/failures.ts';

/** One event about the delivery of a mail. */
export interface MailEvent {
  readonly eventId: string;
  readonly type: string;
  readonly status: MailDeliveryStatus;
  readonly occurredAt: Date;
  readonly emailId: string;
  /** Tag that the sender sets on each mail; undefined for a mail that this system did not send. */
  readonly notificationId: string | undefined;
  /** Recipients in lower case. */
  readonly addresses: readonly string[];
  readonly incident: IncidentKind | undefined;
  readonly reason: string | undefined;
}

export const deliveries = {
  'email.sent': 'sent',
  'email.delivery_delayed': 'delayed',
  'email.delivered': 'delivered',
  'email.failed': 'failed',
  'email.bounced': 'bounced',
  'email.suppressed': 'suppressed',
  'email.complained': 'complained',
} as const satisfies Record<string, MailDeliveryStatus>;

const required = z.string().transform(storableText);
const text = required.optional().catch(undefined);

// Resend uses three forms: `2026-01-02T03:04:05.678Z`, `2026-01-02T03:04:05.678901+00:00` and
// `2026-01-02 03:04:05.678901+00`.
const timestamp = z.string().transform((value, context) => {
  const time = new Date(value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  if (!Number.isNaN(time.getTime())) return time;
  context.addIssue({ code: 'custom', message: `'${value}' is not a time` });
  return z.NEVER;
});

const recipients = z.union([required.transform((one) => [one]), z.array(required)]).catch([]);

// Current bodies contain a map, older ones a list of {name, value}.
const tags = z
  .union([
    z
      .array(z.object({ name: z.string(), value: z.string() }))
      .transform((list) => new Map(list.map((tag) => [tag.name, tag.value]))),
    z.record(z.string(), z.unknown()).transform((map) => new Map(Object.entries(map))),
  ])
  .catch(new Map());

const mailBody = z.object({
  type: z.string(),
  created_at: timestamp,
  data: z.object({
    email_id: required.pipe(z.string().min(1)),
    to: recipients,
    tags,
    bounce: z.object({ type: text, subType: text, message: text }).optional().catch(undefined),
    failed: z.object({ reason: text }).optional().catch(undefined),
    suppressed: z.object({ type: text, message: text }).optional().catch(undefined),
  }),
});

/**
 * Parses the body of an event of Resend.
 * @returns undefined for a type that changes nothing, such as opened, clicked, received, or any new
 * type.
 * @throws PermanentError for an applied type whose body cannot be parsed.
 */
export function parseResendEvent(
  eventId: string,
  type: string,
  body: string,
): MailEvent | undefined {
  if (!Object.hasOwn(deliveries, type)) return undefined;
  const parsed = mailBody.safeParse(JSON.parse(body));
  if (!parsed.success)
    throw new PermanentError('unreadable-event', `${type}: ${z.prettifyError(parsed.error)}`);
  const { created_at, data } = parsed.data;
  return {
    eventId,
    type,
    status: deliveries[type as keyof typeof deliveries],
    occurredAt: created_at,
    emailId: data.email_id,
    notificationId: notificationId(data.tags.get('notification_id')),
    addresses: [...new Set(data.to.map(bareAddress).filter(Boolean))],
    incident: incident(type, data.bounce?.type),
    reason: cutReason(data.bounce?.message ?? data.failed?.reason ?? data.suppressed?.message),
  };
}

/** Cuts the reason to what people read: rows and mails store a copy each. */
const cutReason = (reason: string | undefined) =>
  reason === undefined ? undefined : cutText(reason, eventTextLimits.reason);

function notificationId(tag: unknown): string | undefined {
  const id = z.guid().safeParse(tag);
  return id.success ? id.data.toLowerCase() : undefined;
}

function incident(type: string, bounceType: string | undefined): IncidentKind | undefined {
  if (type === 'email.complained') return 'complaint';
  if (type !== 'email.bounced') return undefined;
  switch (bounceType?.toLowerCase()) {
    case 'permanent':
      return 'permanent';
    case 'transient':
    case 'temporary':
      return 'transient';
    default:
      return 'unclear';
  }
}

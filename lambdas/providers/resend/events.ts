import * as z from 'zod';
import { eventTextLimits } from '../../catalog/domain-events.ts';
import { canonicalAddress } from '../../notifications/email-address.ts';
import type { MailDeliveryStatus } from '../../notifications/email-deliveries.queries.ts';
import type {
  IncidentKind,
  SuppressionReason,
} from '../../notifications/email-suppressions.queries.ts';
import { cutText } from '../../platform/cut-text.ts';
import { redactText } from '../../platform/redaction.ts';
import { storableText } from '../../platform/storable-text.ts';
import { PermanentError } from '../../webhooks/failures.ts';
import { type BounceMeaning, bounceMeaning, isSoftBounce } from './bounce-meaning.ts';
import { parseResendTime } from './timestamp.ts';

/** One event about the delivery of a mail. */
export interface MailEvent {
  readonly about: 'mail';
  readonly eventId: string;
  readonly type: string;
  /** Undefined if the event says nothing about the delivery. */
  readonly status: MailDeliveryStatus | undefined;
  /** True if a delivery of the mail supersedes the status, whichever came first. */
  readonly isSoft: boolean;
  readonly occurredAt: Date;
  readonly emailId: string;
  /** Tag that the sender sets on each mail; undefined for a mail that this system did not send. */
  readonly notificationId: string | undefined;
  readonly incident: IncidentKind | undefined;
  /** Why the address is on Resend's suppression list; undefined if the event does not say so. */
  readonly listedFor: SuppressionReason | undefined;
  readonly bounce: BounceMeaning | undefined;
  readonly reason: string | undefined;
}

/** One change of Resend's suppression list. */
export interface ListEvent {
  readonly about: 'list';
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly address: string;
  /** True if the address was added, false if it was removed. */
  readonly isListed: boolean;
  readonly reason: SuppressionReason;
}

export type ResendEvent = MailEvent | ListEvent;

export const deliveries = {
  'email.sent': 'sent',
  'email.delivery_delayed': 'delayed',
  'email.delivered': 'delivered',
  'email.failed': 'failed',
  'email.bounced': 'bounced',
  'email.suppressed': 'suppressed',
  'email.complained': 'complained',
} as const satisfies Record<string, MailDeliveryStatus>;

export const listChanges = { 'suppression.added': true, 'suppression.removed': false } as const;

const required = z.string().transform(storableText);
const text = required.optional().catch(undefined);
// Free text of mail servers, which portal, mails and domain events repeat.
const freeText = required.transform(redactText).optional().catch(undefined);

/** Quotes a text only if it resembles a time, because the ledger stores the message. */
const quoteTime = (value: string): string =>
  /^(?:[\dTZ .:+-]{1,40}|[a-z]{1,10})$/.test(value) ? `'${redactText(value)}'` : 'The text';

const timestamp = z.string().transform((value, context) => {
  const time = parseResendTime(value);
  if (time !== undefined) return time;
  context.addIssue({ code: 'custom', message: `${quoteTime(value)} is not a time` });
  return z.NEVER;
});

// Current bodies contain a map, older ones a list of {name, value}.
const tags = z
  .union([
    z
      .array(z.object({ name: z.string(), value: z.string() }))
      .transform((list) => new Map(list.map((tag) => [tag.name, tag.value]))),
    z.record(z.string(), z.unknown()).transform((map) => new Map(Object.entries(map))),
  ])
  .catch(new Map());

// The field `to` is not read: the notification knows its recipient, and an event does not say which
// of several recipients it is about.
const mailBody = z.object({
  type: z.string(),
  created_at: timestamp,
  data: z.object({
    email_id: required.pipe(z.string().min(1)),
    tags,
    bounce: z.object({ type: text, subType: text, message: freeText }).optional().catch(undefined),
    failed: z.object({ reason: freeText }).optional().catch(undefined),
    suppressed: z
      .object({ type: text, reason: text, message: freeText })
      .optional()
      .catch(undefined),
  }),
});

type MailData = z.output<typeof mailBody>['data'];

const listBody = z.object({
  created_at: timestamp,
  data: z.object({
    email: required.transform(canonicalAddress).pipe(z.string().includes('@')),
    origin: text,
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
): ResendEvent | undefined {
  if (Object.hasOwn(listChanges, type)) return parseListEvent(eventId, type, body);
  return Object.hasOwn(deliveries, type) ? parseMailEvent(eventId, type, body) : undefined;
}

function parseMailEvent(eventId: string, type: string, body: string): MailEvent {
  const { created_at, data } = parse(mailBody, type, body);
  return {
    about: 'mail',
    eventId,
    type,
    occurredAt: created_at,
    emailId: data.email_id,
    notificationId: notificationId(data.tags.get('notification_id')),
    reason: cutReason(data.bounce?.message ?? data.failed?.reason ?? data.suppressed?.message),
    ...meaningOf(type, data),
  };
}

/** Cuts the reason to what people read: rows and mails store a copy each. */
const cutReason = (reason: string | undefined) =>
  reason === undefined ? undefined : cutText(reason, eventTextLimits.reason);

function parseListEvent(eventId: string, type: string, body: string): ListEvent {
  const { created_at, data } = parse(listBody, type, body);
  return {
    about: 'list',
    eventId,
    type,
    occurredAt: created_at,
    address: data.email,
    isListed: listChanges[type as keyof typeof listChanges],
    reason: reasonOfOrigin(data.origin),
  };
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  type: string,
  body: string,
): z.output<Schema> {
  const parsed = schema.safeParse(JSON.parse(body));
  if (parsed.success) return parsed.data;
  throw new PermanentError('unreadable-event', `${type}: ${z.prettifyError(parsed.error)}`);
}

/** Translates the origin of an entry of Resend's list: bounce, complaint or manual. */
export function reasonOfOrigin(origin: string | undefined): SuppressionReason {
  switch (origin) {
    case 'complaint':
      return 'complaint';
    case 'bounce':
      return 'permanent-bounces';
    default:
      return 'manual';
  }
}

function notificationId(tag: unknown): string | undefined {
  const id = z.guid().safeParse(tag);
  return id.success ? id.data.toLowerCase() : undefined;
}

type Meaning = Pick<MailEvent, 'status' | 'isSoft' | 'incident' | 'listedFor' | 'bounce'>;

function meaningOf(type: string, { bounce, suppressed }: MailData): Meaning {
  const status = deliveries[type as keyof typeof deliveries];
  const plain = {
    status,
    isSoft: false,
    incident: undefined,
    listedFor: undefined,
    bounce: undefined,
  };
  if (type === 'email.complained') return { ...plain, incident: 'complaint' };
  if (type === 'email.bounced') return { ...plain, ...meaningOfBounce(bounce) };
  if (type === 'email.suppressed') return { ...plain, ...meaningOfSuppressed(suppressed) };
  return plain;
}

function meaningOfBounce(bounce: MailData['bounce']): Partial<Meaning> {
  const given = { type: bounce?.type, subType: bounce?.subType };
  const meaning = bounceMeaning(given);
  const isIncident = meaning === 'permanent' || meaning === 'transient' || meaning === 'unclear';
  return {
    bounce: meaning,
    isSoft: isSoftBounce(given),
    ...(meaning === 'automatic-reply' && { status: undefined }),
    ...(isIncident && { incident: meaning }),
  };
}

/**
 * Resend did not try the mail. The account's list is a fact about the address now; SES's global
 * list (`Suppressed`) repeats an earlier hard bounce, which Resend's list need not contain.
 */
function meaningOfSuppressed(suppressed: MailData['suppressed']): Partial<Meaning> {
  const type = suppressed?.type?.trim().toLowerCase();
  if (type === 'suppressed') return { incident: 'permanent' };
  if (type !== 'onaccountsuppressionlist' && suppressed?.reason === undefined) return {};
  const isComplaint = suppressed?.reason?.trim().toLowerCase() === 'previous_complaint';
  return { listedFor: isComplaint ? 'complaint' : 'permanent-bounces' };
}

import { randomBytes } from 'node:crypto';
import type { SandboxSuppression, SuppressionChange } from './resend-suppressions.ts';

/** Mail in Resend's records. */
export interface ResendMail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly at: Date;
  readonly tags: readonly { readonly name: string; readonly value: string }[];
}

export interface ResendEvent {
  /** Sent as `svix-id`, the same for every delivery of the event. The body has no id. */
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Bounces by the name that `npm run send -- … --bounce` takes: a type, or a type and a sub-type.
 * https://resend.com/docs/webhooks/emails/bounced
 */
const bounces = {
  Permanent: {
    type: 'Permanent',
    subType: 'General',
    message: 'The recipient’s mail server says that there is no such mailbox.',
    diagnosticCode: ['smtp; 550 5.1.1 user unknown'],
  },
  Transient: {
    type: 'Transient',
    subType: 'MailboxFull',
    message: 'The recipient’s mailbox is full.',
    diagnosticCode: ['smtp; 452 4.2.2 mailbox full'],
  },
  Undetermined: {
    type: 'Undetermined',
    subType: 'Undetermined',
    message: 'The bounce could not be read.',
  },
  AutomaticReply: {
    type: 'Transient',
    subType: 'General',
    message: 'I am out of the office until Monday.',
  },
  MessageTooLarge: {
    type: 'Transient',
    subType: 'MessageTooLarge',
    message: 'The mail is larger than the recipient’s server accepts.',
    diagnosticCode: ['smtp; 552 5.3.4 message too big'],
  },
  ContentRejected: {
    type: 'Transient',
    subType: 'ContentRejected',
    message: 'The recipient’s server rejects the content of the mail.',
  },
  AttachmentRejected: {
    type: 'Transient',
    subType: 'AttachmentRejected',
    message: 'The recipient’s server rejects the attachment.',
  },
  Suppressed: {
    type: 'Permanent',
    subType: 'Suppressed',
    message: 'The address is on the global suppression list of Amazon SES.',
  },
} as const;

export type BounceType = keyof typeof bounces;
export const bounceTypes = Object.keys(bounces) as readonly BounceType[];

export type SuppressedReason = 'previous_bounce' | 'previous_complaint';

const visitor = { ipAddress: '203.0.113.7', userAgent: 'Mail/1.0' };

/** Fields of each event type besides those of the mail. The portal ignores the last two types. */
const details: Readonly<
  Record<string, (at: string, bounce: BounceType, reason?: SuppressedReason) => object>
> = {
  'email.sent': () => ({}),
  'email.delivered': () => ({}),
  'email.delivery_delayed': () => ({}),
  'email.bounced': (_, bounce) => ({ bounce: bounces[bounce] }),
  'email.complained': () => ({}),
  'email.failed': () => ({ failed: { reason: 'reached_daily_quota' } }),
  'email.suppressed': (_at, _bounce, reason) => ({
    suppressed: {
      type: 'OnAccountSuppressionList',
      message: 'The address is on the account’s suppression list.',
      ...(reason && { reason }),
    },
  }),
  'email.opened': (timestamp) => ({ open: { ...visitor, timestamp } }),
  'email.clicked': (timestamp) => ({
    click: { ...visitor, timestamp, link: 'https://portal.example/' },
  }),
};

export const resendEventTypes: readonly string[] = Object.keys(details);

/** Builds the event that Resend posts. @param at Time of the event. */
export function resendEvent(
  type: string,
  mail: ResendMail,
  at: Date,
  {
    bounce = 'Permanent',
    reason,
  }: { readonly bounce?: BounceType; readonly reason?: SuppressedReason | undefined } = {},
): ResendEvent {
  const detail = details[type];
  if (detail === undefined) throw new Error(`The sandbox has no event type ${type}.`);
  const created_at = at.toISOString();
  return {
    id: newEventId(),
    type,
    created_at,
    data: {
      // Resend writes this time in another format than the one above.
      created_at: mail.at.toISOString().replace('Z', '000+00:00'),
      email_id: mail.id,
      from: mail.from,
      to: mail.to,
      subject: mail.subject,
      tags: Object.fromEntries(mail.tags.map(({ name, value }) => [name, value])),
      ...detail(created_at, bounce, reason),
    },
  };
}

export const newEventId = () => `msg_${randomBytes(20).toString('base64url')}`;

/** Builds the event about a change of the suppression list. */
export function suppressionEvent(
  type: SuppressionChange,
  entry: SandboxSuppression,
  at: Date,
): ResendEvent {
  return { id: newEventId(), type, created_at: at.toISOString(), data: { ...entry } };
}

/**
 * Returns the types of a mail's events, in order. Resend's test addresses name them:
 * https://resend.com/docs/dashboard/emails/send-test-emails
 */
export function eventTypesFor(address: string): readonly string[] {
  const [, name] = /^(bounced|complained|suppressed)(?:\+[^@]*)?@resend\.dev$/i.exec(address) ?? [];
  switch (name?.toLowerCase()) {
    case 'bounced':
      return ['email.bounced'];
    case 'complained':
      return ['email.delivered', 'email.complained'];
    case 'suppressed':
      return ['email.suppressed'];
    default:
      return ['email.delivered'];
  }
}

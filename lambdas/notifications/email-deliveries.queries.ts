import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import { canonicalAddress } from './email-address.ts';

export type MailDeliveryStatus =
  | 'sent'
  | 'delayed'
  | 'delivered'
  | 'failed'
  | 'bounced'
  | 'suppressed'
  | 'complained';

/** Latest status of a notification's mail that Resend reported. */
export interface MailDelivery {
  readonly notificationId: string;
  /** Null if an event arrived before the sender recorded Resend's id of the mail. */
  readonly emailId: string | null;
  readonly status: MailDeliveryStatus | null;
  /** True for a bounce that a delivery of the mail supersedes. */
  readonly isSoft: boolean;
  readonly at: Date | null;
  readonly eventId: string | null;
  readonly reason: string | null;
}

/** A mail with the recipient that it was sent to. */
export interface LockedMail extends MailDelivery {
  /** Address in its canonical form. */
  readonly recipient: string;
  /** True if the recipient is an address of the stage's settings, not a member. */
  readonly isOperational: boolean;
}

/** Identifiers of a mail in an event. */
export interface MailIdentifiers {
  readonly notificationId: string | undefined;
  readonly emailId: string;
}

/**
 * Locks rows in id order, so that concurrent transactions on the same mails cannot deadlock.
 * `sent_to` is null for mails of senders before migration 0022; the address of the member may have
 * changed since.
 */
const LOCK = `
  select mail.id as "notificationId", mail.resend_email_id as "emailId",
         mail.delivery_status as status, mail.delivery_is_soft as "isSoft",
         mail.delivery_at as at, mail.delivery_event_id as "eventId",
         mail.delivery_reason as reason,
         coalesce(mail.sent_to, member.email, mail.recipient) as recipient,
         mail.user_id is null as "isOperational"
    from portal.notifications as mail
    left join portal.users as member on member.id = mail.user_id
   where mail.id = any($1::uuid[]) or mail.resend_email_id = any($2::text[])
   order by mail.id
     for update of mail`;

/**
 * Updates a row only if the reported status supersedes the stored one. A soft bounce has the rank
 * of a delay.
 */
const UPDATE = `
  update portal.notifications as mail
     set delivery_status = reported.status, delivery_is_soft = reported."isSoft",
         delivery_at = reported.at, delivery_event_id = reported."eventId",
         delivery_reason = reported.reason
    from jsonb_to_recordset($1::jsonb) as reported (
      "notificationId" uuid, status text, "isSoft" boolean, at timestamptz, "eventId" text,
      reason text)
   where mail.id = reported."notificationId"
     and (coalesce(portal.delivery_rank(
            case when mail.delivery_is_soft then 'delayed' else mail.delivery_status end), -1),
          coalesce(mail.delivery_at, '-infinity'),
          coalesce(mail.delivery_event_id, '') collate "C")
       < (portal.delivery_rank(case when reported."isSoft" then 'delayed' else reported.status end),
          reported.at, reported."eventId" collate "C")`;

export async function lockMails(
  db: Queryable,
  mails: readonly MailIdentifiers[],
): Promise<readonly LockedMail[]> {
  if (mails.length === 0) return [];
  const { rows } = await db.query<LockedMail & Record<string, unknown>>(LOCK, [
    [...new Set(mails.flatMap(({ notificationId }) => notificationId ?? []))],
    [...new Set(mails.map(({ emailId }) => emailId))],
  ]);
  return rows.map((row) => ({ ...row, recipient: canonicalAddress(row.recipient) }));
}

/** @param deliveries At most one entry for each mail. */
export async function updateDeliveries(
  db: Queryable,
  deliveries: readonly MailDelivery[],
): Promise<void> {
  if (deliveries.length > 0) await db.query(UPDATE, [jsonParameter(deliveries)]);
}

import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';

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
  readonly at: Date | null;
  readonly eventId: string | null;
  readonly reason: string | null;
}

/** Identifiers of a mail in an event. */
export interface MailIdentifiers {
  readonly notificationId: string | undefined;
  readonly emailId: string;
}

/** Locks rows in id order, so that concurrent transactions on the same mails cannot deadlock. */
const LOCK = `
  select id as "notificationId", resend_email_id as "emailId", delivery_status as status,
         delivery_at as at, delivery_event_id as "eventId", delivery_reason as reason
    from portal.notifications
   where id = any($1::uuid[]) or resend_email_id = any($2::text[])
   order by id
     for update`;

/** Updates a row only if the reported status supersedes the stored one. */
const UPDATE = `
  update portal.notifications as mail
     set delivery_status = reported.status, delivery_at = reported.at,
         delivery_event_id = reported."eventId", delivery_reason = reported.reason
    from jsonb_to_recordset($1::jsonb) as reported (
      "notificationId" uuid, status text, at timestamptz, "eventId" text, reason text)
   where mail.id = reported."notificationId"
     and (coalesce(portal.delivery_rank(mail.delivery_status), -1),
          coalesce(mail.delivery_at, '-infinity'),
          coalesce(mail.delivery_event_id, '') collate "C")
       < (portal.delivery_rank(reported.status), reported.at, reported."eventId" collate "C")`;

export async function lockMails(
  db: Queryable,
  mails: readonly MailIdentifiers[],
): Promise<readonly MailDelivery[]> {
  const { rows } = await db.query<MailDelivery & Record<string, unknown>>(LOCK, [
    [...new Set(mails.flatMap(({ notificationId }) => notificationId ?? []))],
    [...new Set(mails.map(({ emailId }) => emailId))],
  ]);
  return rows;
}

/** @param deliveries At most one entry for each mail. */
export async function updateDeliveries(
  db: Queryable,
  deliveries: readonly MailDelivery[],
): Promise<void> {
  if (deliveries.length > 0) await db.query(UPDATE, [jsonParameter(deliveries)]);
}

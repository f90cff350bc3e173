import type { Queryable } from '../platform/postgres/database.ts';

export type MailDeliveryStatus =
  | 'sent'
  | 'delayed'
  | 'delivered'
  | 'failed'
  | 'bounced'
  | 'suppressed'
  | 'complained';

/** What Resend has told of a notification's mail. */
export interface MailDelivery {
  readonly notificationId: string;
  /** Null where the mail has gone out, and its sender has not yet written down what Resend calls it. */
  readonly emailId: string | null;
  readonly status: MailDeliveryStatus | null;
  readonly at: Date | null;
  readonly eventId: string | null;
  readonly reason: string | null;
}

/** A mail as an event names it. */
export interface MailIdentifiers {
  readonly notificationId: string | undefined;
  readonly emailId: string;
}

/** In the order of ids, so that transactions that share mails wait for each other and never in a circle. */
const LOCK = `
  select id as "notificationId", resend_email_id as "emailId", delivery_status as status, delivery_at as at,
         delivery_event_id as "eventId", delivery_reason as reason
    from portal.notifications
   where id = any($1::uuid[]) or resend_email_id = any($2::text[])
   order by id
     for update`;

/** Forward only: the row is what it was, or has come further, whoever else writes it. */
const UPDATE = `
  update portal.notifications as mail
     set delivery_status = told.status, delivery_at = told.at, delivery_event_id = told."eventId",
         delivery_reason = told.reason
    from jsonb_to_recordset($1::jsonb) as told (
      "notificationId" uuid, status text, at timestamptz, "eventId" text, reason text)
   where mail.id = told."notificationId"
     and (coalesce(portal.delivery_rank(mail.delivery_status), -1), coalesce(mail.delivery_at, '-infinity'),
          coalesce(mail.delivery_event_id, '') collate "C")
       < (portal.delivery_rank(told.status), told.at, told."eventId" collate "C")`;

export async function lockMails(
  db: Queryable,
  names: readonly MailIdentifiers[],
): Promise<readonly MailDelivery[]> {
  const { rows } = await db.query<MailDelivery & Record<string, unknown>>(LOCK, [
    [...new Set(names.flatMap(({ notificationId }) => notificationId ?? []))],
    [...new Set(names.map(({ emailId }) => emailId))],
  ]);
  return rows;
}

/** One row for each mail at most. */
export async function updateDeliveries(
  db: Queryable,
  deliveries: readonly MailDelivery[],
): Promise<void> {
  if (deliveries.length > 0) await db.query(UPDATE, [JSON.stringify(deliveries)]);
}

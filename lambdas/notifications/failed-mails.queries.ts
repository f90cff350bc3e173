import type { Queryable } from '../platform/postgres/database.ts';

export interface FailedMail {
  readonly id: string;
  readonly kind: string;
  readonly email: string;
  readonly error: string | null;
  readonly attempts: number;
  readonly createdAt: Date;
  /** True if Resend may have sent the mail before, so that a resend may be the second mail. */
  readonly maybeSent: boolean;
}

const COLUMNS = `
  mail.id, mail.kind, coalesce(users.email, mail.recipient) as email, mail.mail_error as error,
  mail.mail_attempts as attempts, mail.created_at as "createdAt",
  mail.mail_first_try is not null as "maybeSent"`;

const FIND = `
  select ${COLUMNS}
    from portal.notifications as mail
    left join portal.users on users.id = mail.user_id
   where mail.id = $1::uuid and mail.mail_status = 'failed'`;

export async function findFailedMail(db: Queryable, id: string): Promise<FailedMail | undefined> {
  const { rows } = await db.query<FailedMail & Record<string, unknown>>(FIND, [id]);
  return rows[0];
}

export interface ResentMail extends FailedMail {
  readonly source: string;
  readonly eventId: string;
  readonly resends: number;
}

const RESEND = `
  with failed as materialized (
    select id, mail_error, mail_first_try from portal.notifications
     where id = $1::uuid and mail_status = 'failed'
       for update
  ), mail as (
    update portal.notifications as notification
       set mail_status = 'pending', mail_error = null, mail_first_try = null,
           mail_requested_at = $2::timestamptz, mail_resends = mail_resends + 1
      from failed
     where notification.id = failed.id and notification.mail_status = 'failed'
    returning notification.id, kind, user_id, recipient, failed.mail_error, mail_attempts,
              created_at, failed.mail_first_try, source, event_id, mail_resends
  )
  select ${COLUMNS}, mail.source, mail.event_id as "eventId", mail.mail_resends as resends
    from mail
    left join portal.users on users.id = mail.user_id`;

/**
 * Sets a failed mail to pending, under a new idempotency key. The caller requests the mail in the
 * same transaction.
 * @returns the mail as it had failed, or undefined if it has not failed.
 */
export async function resendMail(
  db: Queryable,
  id: string,
  at: Date,
): Promise<ResentMail | undefined> {
  const { rows } = await db.query<ResentMail & Record<string, unknown>>(RESEND, [id, at]);
  return rows[0];
}

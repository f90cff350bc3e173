import type { Queryable } from '../platform/postgres/database.ts';
import type { FailedMail } from './failed-mails.queries.ts';

/** A mail of any status with its delivery. */
export interface MailLine extends FailedMail {
  readonly status: 'pending' | 'sent' | 'suppressed' | 'failed';
  readonly sentAt: Date | null;
  /** Newest report of Resend about the mail. */
  readonly delivery: string | null;
  readonly deliveryAt: Date | null;
  readonly deliveryReason: string | null;
  /** Provider or job that caused the mail, and its event. */
  readonly source: string;
  readonly event: string;
}

const COLUMNS = `
  mail.id, mail.kind, coalesce(users.email, mail.recipient) as email,
  mail.mail_error as error, mail.mail_attempts as attempts, mail.created_at as "createdAt",
  mail.mail_first_try is not null as "maybeSent", mail.mail_status as status,
  mail.sent_at as "sentAt", mail.delivery_status as delivery, mail.delivery_at as "deliveryAt",
  mail.delivery_reason as "deliveryReason", mail.source, mail.event_id as event`;

const LIST = `
  select ${COLUMNS}
    from portal.notifications as mail
    left join portal.users on users.id = mail.user_id
   where ($3::text is null or mail.mail_status = $3)
     and ($2::uuid is null or (mail.created_at, mail.id)
          < (select created_at, id from portal.notifications where id = $2::uuid))
   order by mail.created_at desc, mail.id desc
   limit $1::integer`;

export interface MailPage {
  readonly limit: number;
  /** Id of the last mail of the previous page. */
  readonly after: string | undefined;
  /** Undefined lists the mails of every status. */
  readonly status: MailLine['status'] | undefined;
}

/** Lists mails, newest first. */
export async function listMails(
  db: Queryable,
  { limit, after, status }: MailPage,
): Promise<readonly MailLine[]> {
  const values = [limit, after ?? null, status ?? null];
  return (await db.query<MailLine & Record<string, unknown>>(LIST, values)).rows;
}

const FIND = `
  select ${COLUMNS}
    from portal.notifications as mail
    left join portal.users on users.id = mail.user_id
   where mail.id = $1::uuid`;

export async function findMail(db: Queryable, id: string): Promise<MailLine | undefined> {
  return (await db.query<MailLine & Record<string, unknown>>(FIND, [id])).rows[0];
}

import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { ResendMail } from '../sandbox/resend-events.ts';

interface MailRow {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
  readonly resend_email_id: string;
  readonly sent_at: Date;
}

const FIND_LATEST = `
  select notification.id, notification.kind,
         coalesce(member.email, notification.recipient) as address,
         notification.resend_email_id, notification.sent_at
    from portal.notifications as notification
    left join portal.users as member on member.id = notification.user_id
   where notification.mail_status = 'sent'
     and ($1::text is null
          or lower(coalesce(member.email, notification.recipient)) = lower($1::text))
   order by notification.sent_at desc
   limit 1`;

const INSERT_SENT = `
  insert into portal.notifications
    (id, user_id, recipient, kind, params, source, event_id,
     mail_status, mail_attempts, resend_email_id, sent_at, created_at)
  select $1::uuid, member.id, case when member.id is null then $2::text end, 'asset.ready',
         jsonb_build_object('assetId', gen_random_uuid(), 'title', 'A video',
                            'durationSeconds', null),
         'local', $1::text, 'sent', 1, $3::text, $4::timestamptz, $4::timestamptz
    from (select) as one_row
    left join portal.users as member on lower(member.email) = lower($2::text)
  returning id, kind, $2::text as address, resend_email_id, sent_at`;

/**
 * Returns the latest mail to this address, or to any address if none is given.
 * Inserts a sent mail if there is none.
 */
export async function chooseMail(pool: pg.Pool, to: string | undefined): Promise<ResendMail> {
  const { rows } = await pool.query<MailRow>(FIND_LATEST, [to ?? null]);
  const sent = rows[0] ?? (await insertSentMail(pool, to ?? 'delivered@resend.dev'));
  return {
    id: sent.resend_email_id,
    from: 'Motion Mavericks <portal@motion-mavericks.example>',
    to: [sent.address],
    subject: 'A notification of the portal',
    at: sent.sent_at,
    tags: [
      { name: 'notification_id', value: sent.id },
      { name: 'kind', value: sent.kind.replaceAll('.', '-') },
    ],
  };
}

async function insertSentMail(pool: pg.Pool, to: string): Promise<MailRow> {
  const { rows } = await pool.query<MailRow>(INSERT_SENT, [
    randomUUID(),
    to,
    randomUUID(),
    new Date(),
  ]);
  return rows[0] as MailRow;
}

import { randomUUID } from 'node:crypto';
import { beforeEach, expect } from '@jest/globals';
import { useDatabase } from '../postgres/database.ts';
import { aResendProcessor } from '../processor.ts';
import { aResendRecord, type ResendEvent, type TestMail } from './resend-events.ts';

const INSERT_MAIL = `
  insert into portal.notifications
    (id, user_id, recipient, kind, params, source, event_id, mail_status, resend_email_id,
     created_at)
  select $1::uuid, member.id, case when member.id is null then $2 end, 'asset.ready', '{}', 'mux',
         $1::text, 'sent', $3, now()
    from (select) as one_row
    left join portal.users as member on lower(member.email) = lower($2)`;

const INSERT_MEMBER = `
  insert into portal.users (email, name) values ($1, 'A Member') on conflict do nothing`;

/**
 * Provides a database and functions to insert sent mails, apply events to them and read the result.
 */
export function useResendMails() {
  const database = useDatabase({ connections: 30 });

  beforeEach(async () => {
    await database.pool.query(`
      truncate portal.users, portal.webhook_events, portal.idempotency_records,
        portal.notifications, portal.outbox, portal.email_incidents,
        portal.email_suppressions cascade`);
  });

  const rowsOf = async (statement: string, values: unknown[] = []) =>
    (await database.pool.query(statement, values)).rows;
  return {
    database,
    rowsOf,
    /** Inserts a mail to a member, or to an address without an account. */
    async aMail({ to = 'mia@members.example', isMember = true } = {}): Promise<TestMail> {
      if (isMember) await database.pool.query(INSERT_MEMBER, [to]);
      const mail = { notificationId: randomUUID(), emailId: randomUUID(), to };
      await database.pool.query(INSERT_MAIL, [mail.notificationId, to, mail.emailId]);
      return mail;
    },
    /** Applies each event in its own batch. */
    async apply(...events: readonly ResendEvent[]): Promise<void> {
      const processor = aResendProcessor(database.pool);
      for (const event of events)
        expect(await processor.process([aResendRecord(event)])).toEqual([]);
    },
    count: async (table: string) =>
      Number((await rowsOf(`select count(*) from portal.${table}`))[0].count),
    async statusOf({ notificationId }: TestMail) {
      const statement = 'select delivery_status from portal.notifications where id = $1';
      return (await rowsOf(statement, [notificationId]))[0].delivery_status;
    },
    async suppressed() {
      const statement = 'select address from portal.email_suppressions where suppressed order by 1';
      return (await rowsOf(statement)).map(({ address }) => address);
    },
  };
}

import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { updateDeliveries } from '../../../lambdas/notifications/email-deliveries.queries.ts';
import { deliveryRanks } from '../../../lambdas/providers/resend/reduce-events.ts';
import { aResendProcessor } from '../../support/processor.ts';
import {
  aBounce,
  aResendEvent,
  aResendRecord,
  type TestMail,
} from '../../support/providers/resend-events.ts';
import { useResendMails } from '../../support/providers/resend-mails.ts';
import { useStdout } from '../../support/stdout.ts';

const { aMail, apply, count, database, rowsOf, statusOf } = useResendMails();
useStdout();

describe('the delivery of a mail', () => {
  test('has the same ranks in Postgres as in the code', async () => {
    const statement =
      'select status, portal.delivery_rank(status) as rank from unnest($1::text[]) as status';
    const rows = await rowsOf(statement, [Object.keys(deliveryRanks)]);
    expect(Object.fromEntries(rows.map(({ status, rank }) => [status, rank]))).toEqual(
      deliveryRanks,
    );
  });

  test('follows the events of Resend, with time, event id and reason', async () => {
    const mail = await aMail();
    const sent = aResendEvent('email.sent', mail);
    const bounced = aBounce(mail, 'Permanent', { at: '2026-03-01T10:00:05.678Z' });

    await apply(sent, bounced);

    const [row] = await rowsOf('select * from portal.notifications where id = $1', [
      mail.notificationId,
    ]);
    expect(row).toMatchObject({
      delivery_status: 'bounced',
      delivery_at: new Date('2026-03-01T10:00:05.678Z'),
      delivery_event_id: bounced.id,
      delivery_reason: 'It bounced (Permanent).',
      mail_status: 'sent',
    });
  });

  test('has the highest rank of all events, in any order and batching', async () => {
    const eventsOf = (mail: TestMail) => [
      aResendEvent('email.complained', mail, { at: '2026-03-20T10:00:00Z' }),
      aResendEvent('email.delivered', mail, { at: '2026-03-01T10:00:02Z' }),
      aResendEvent('email.sent', mail, { at: '2026-03-21T10:00:00Z' }),
    ];
    const [alone, together] = [await aMail(), await aMail()];

    await apply(...eventsOf(alone));
    await aResendProcessor(database.pool).process(
      eventsOf(together).map((event) => aResendRecord(event)),
    );

    expect([await statusOf(alone), await statusOf(together)]).toEqual(['complained', 'complained']);
    expect(await rowsOf('select distinct status from portal.webhook_events')).toEqual([
      { status: 'processed' },
    ]);
  });

  test('follows the newer of two events of the highest rank', async () => {
    const mail = await aMail();
    await apply(
      aResendEvent('email.failed', mail, {
        at: '2026-03-01T10:00:09Z',
        data: { failed: { reason: 'quota' } },
      }),
      aBounce(mail, 'Permanent', { at: '2026-03-01T10:00:01Z' }),
    );
    expect(await statusOf(mail)).toBe('failed');
  });

  test('is not moved back by a soft bounce, which a delivery supersedes in any order', async () => {
    const [early, late] = [await aMail(), await aMail()];
    await apply(
      aBounce(early, 'Transient', { at: '2026-03-01T10:00:01Z' }),
      aResendEvent('email.delivered', late, { at: '2026-03-01T10:00:01Z' }),
    );
    expect(await statusOf(early)).toBe('bounced');

    await apply(
      aResendEvent('email.delivered', early, { at: '2026-03-01T10:00:00Z' }),
      aBounce(late, 'Transient', { at: '2026-03-01T10:00:02Z' }),
    );

    expect([await statusOf(early), await statusOf(late)]).toEqual(['delivered', 'delivered']);
  });

  test('is not changed by an automatic reply', async () => {
    const mail = await aMail();
    const bounce = { type: 'Transient', subType: 'General', message: 'I am on holiday.' };
    await apply(aResendEvent('email.bounced', mail, { data: { bounce } }));
    expect(await statusOf(mail)).toBeNull();
    expect(await count('email_incidents')).toBe(0);
  });

  test('is not moved back by a write based on an older state', async () => {
    const mail = await aMail();
    await apply(aResendEvent('email.complained', mail));
    await rowsOf(
      `update portal.notifications set delivery_status = 'complained', delivery_at = '2026-04-01'`,
    );
    const delivery = {
      notificationId: mail.notificationId,
      emailId: mail.emailId,
      eventId: 'e',
      reason: null,
      isSoft: false,
    };

    await updateDeliveries(database.pool, [
      { ...delivery, status: 'delivered', at: new Date('2026-05-01') },
    ]);

    expect(await statusOf(mail)).toBe('complained');
  });

  test('is found by the id of Resend if the mail has no tag', async () => {
    const mail = await aMail();
    await apply(aResendEvent('email.delivered', mail, { data: { tags: [] } }));
    expect(await statusOf(mail)).toBe('delivered');
  });

  test('is found by the tag before the sender has stored the id of Resend', async () => {
    const mail = await aMail();
    await rowsOf('update portal.notifications set resend_email_id = null');
    await apply(aResendEvent('email.delivered', mail));
    expect(await statusOf(mail)).toBe('delivered');
  });
});

test('records an event about an unknown mail without storing its address', async () => {
  const stranger = {
    notificationId: randomUUID(),
    emailId: randomUUID(),
    to: 'somebody@elsewhere.example',
  };

  await apply(aBounce(stranger, 'Permanent'), aResendEvent('email.complained', stranger));

  expect(await rowsOf('select status, effects from portal.webhook_events')).toEqual(
    Array(2).fill({
      status: 'processed',
      effects: { assetEvents: [], notifications: [], outbox: [] },
    }),
  );
  for (const table of ['email_incidents', 'email_suppressions', 'notifications', 'outbox'])
    expect([table, await count(table)]).toEqual([table, 0]);
});

test.each(['email.opened', 'email.clicked', 'email.teleported'])(
  'records %s as ignored',
  async (type) => {
    await apply(aResendEvent(type, await aMail()));
    expect(await rowsOf('select status from portal.webhook_events')).toEqual([
      { status: 'ignored' },
    ]);
  },
);

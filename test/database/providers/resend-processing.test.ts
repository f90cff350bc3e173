import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { updateDeliveries } from '../../../lambdas/notifications/email-deliveries.queries.ts';
import { deliveryRanks } from '../../../lambdas/providers/resend/reduce-events.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aResendProcessor } from '../../support/processor.ts';
import {
  aBounce,
  aResendEvent,
  aResendRecord,
  type ResendEvent,
  type TestMail,
} from '../../support/providers/resend-events.ts';
import { useStdout } from '../../support/stdout.ts';

const database = useDatabase({ connections: 30 });
const stdout = useStdout();

const INSERT_MAIL = `
  insert into portal.notifications
    (id, recipient, kind, params, source, event_id, mail_status, resend_email_id, created_at)
  values ($1::uuid, $2, 'asset.ready', '{}', 'mux', $1::text, 'sent', $3, now())`;

beforeEach(async () => {
  await database.pool.query(`truncate portal.users, portal.webhook_events, portal.idempotency_records,
    portal.notifications, portal.outbox, portal.email_incidents, portal.email_suppressions cascade`);
});

async function aMail({ to = 'mia@members.example' } = {}): Promise<TestMail> {
  const mail = { notificationId: randomUUID(), emailId: randomUUID(), to };
  await database.pool.query(INSERT_MAIL, [mail.notificationId, to, mail.emailId]);
  return mail;
}

const rowsOf = async (statement: string, values: unknown[] = []) =>
  (await database.pool.query(statement, values)).rows;
const count = async (table: string) =>
  Number((await rowsOf(`select count(*) from portal.${table}`))[0].count);
const statusOf = async ({ notificationId }: TestMail) =>
  (
    await rowsOf('select delivery_status from portal.notifications where id = $1', [notificationId])
  )[0].delivery_status;
const suppressed = async () =>
  (await rowsOf('select address from portal.email_suppressions where suppressed order by 1')).map(
    (row) => row.address,
  );

/** One batch for each event. */
async function apply(...events: readonly ResendEvent[]): Promise<void> {
  const processor = aResendProcessor(database.pool);
  for (const event of events) expect(await processor.process([aResendRecord(event)])).toEqual([]);
}

describe('the delivery of a mail', () => {
  test('has the same ranks in Postgres as in the code', async () => {
    const statement =
      'select status, portal.delivery_rank(status) as rank from unnest($1::text[]) as status';
    const rows = await rowsOf(statement, [Object.keys(deliveryRanks)]);
    expect(Object.fromEntries(rows.map(({ status, rank }) => [status, rank]))).toEqual(
      deliveryRanks,
    );
  });

  test('follows what Resend tells of it, with the time, the event and the reason', async () => {
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

  test('is the furthest of what was told, in whatever order and company it is told', async () => {
    const story = (mail: TestMail) => [
      aResendEvent('email.complained', mail, { at: '2026-03-20T10:00:00Z' }),
      aResendEvent('email.delivered', mail, { at: '2026-03-01T10:00:02Z' }),
      aResendEvent('email.sent', mail, { at: '2026-03-21T10:00:00Z' }),
    ];
    const [alone, together] = [await aMail(), await aMail()];

    await apply(...story(alone));
    await aResendProcessor(database.pool).process(
      story(together).map((event) => aResendRecord(event)),
    );

    expect([await statusOf(alone), await statusOf(together)]).toEqual(['complained', 'complained']);
    expect(await rowsOf('select distinct status from portal.webhook_events')).toEqual([
      { status: 'processed' },
    ]);
  });

  test('of two that end it, the newer counts', async () => {
    const mail = await aMail();
    await apply(
      aResendEvent('email.failed', mail, {
        at: '2026-03-01T10:00:09Z',
        data: { failed: { reason: 'quota' } },
      }),
      aBounce(mail, 'Transient', { at: '2026-03-01T10:00:01Z' }),
    );
    expect(await statusOf(mail)).toBe('failed');
  });

  test('is not moved back by whoever writes without having seen what came before', async () => {
    const mail = await aMail();
    await apply(aResendEvent('email.complained', mail));
    await rowsOf(
      `update portal.notifications set delivery_status = 'complained', delivery_at = '2026-04-01'`,
    );
    const facts = {
      notificationId: mail.notificationId,
      emailId: mail.emailId,
      eventId: 'e',
      reason: null,
    };

    await updateDeliveries(database.pool, [
      { ...facts, status: 'delivered', at: new Date('2026-05-01') },
    ]);

    expect(await statusOf(mail)).toBe('complained');
  });

  test('is found by Resend’s id where the mail carries no tag of ours', async () => {
    const mail = await aMail();
    await apply(aResendEvent('email.delivered', mail, { data: { tags: [] } }));
    expect(await statusOf(mail)).toBe('delivered');
  });

  test('is found by our tag before the sender has written down Resend’s id', async () => {
    const mail = await aMail();
    await rowsOf('update portal.notifications set resend_email_id = null');
    await apply(aResendEvent('email.delivered', mail));
    expect(await statusOf(mail)).toBe('delivered');
  });
});

test('an event about a mail that is not ours is recorded as processed, changes nothing and keeps no address', async () => {
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
  '%s is recorded as ignored',
  async (type) => {
    await apply(aResendEvent(type, await aMail()));
    expect(await rowsOf('select status from portal.webhook_events')).toEqual([
      { status: 'ignored' },
    ]);
  },
);

describe('an address', () => {
  test('is suppressed by its second permanent bounce, which support and the bus hear of once', async () => {
    const [first, second, third] = [
      await aMail(),
      await aMail({ to: 'Mia <MIA@Members.example>' }),
      await aMail(),
    ];
    await apply(aBounce(first, 'Permanent'));
    expect(await suppressed()).toEqual([]);
    const decisive = aBounce(second, 'Permanent');

    await apply(decisive, aBounce(third, 'Permanent'));

    expect(await rowsOf('select * from portal.email_suppressions')).toMatchObject([
      {
        address: 'mia@members.example',
        suppressed: true,
        reason: 'permanent-bounces',
        event_id: decisive.id,
      },
    ]);
    expect(
      await rowsOf(
        `select recipient, params, mail_status from portal.notifications where source = 'resend'`,
      ),
    ).toEqual([
      {
        recipient: 'support@example.org',
        mail_status: 'pending',
        params: {
          address: 'mia@members.example',
          reason: 'permanent-bounces',
          lastAnswer: 'It bounced (Permanent).',
        },
      },
    ]);
    expect(
      await rowsOf(`select type, detail ->> 'address' as address from portal.outbox order by type`),
    ).toEqual([
      { type: 'email.suppressed', address: 'mia@members.example' },
      { type: 'notification.requested', address: null },
    ]);
    expect(await count('email_incidents')).toBe(3);
  });

  test('is suppressed at once by a complaint', async () => {
    await apply(aResendEvent('email.complained', await aMail()));
    expect(await suppressed()).toEqual(['mia@members.example']);
  });

  test('is suppressed by as many bounces of one batch as of several', async () => {
    const bounces = [aBounce(await aMail(), 'Permanent'), aBounce(await aMail(), 'Permanent')];
    await aResendProcessor(database.pool).process(bounces.map((event) => aResendRecord(event)));
    expect(await suppressed()).toEqual(['mia@members.example']);
    expect(await count('outbox')).toBe(2);
  });

  const march = (day: number, time = '00:00:00.000') =>
    `2026-03-${String(day).padStart(2, '0')}T${time}Z`;
  test.each([
    [
      'five transient bounces within thirty days to the millisecond',
      [1, 2, 3, 4, 31],
      ['mia@members.example'],
    ],
    ['four transient bounces', [1, 2, 3, 4], []],
    ['five of which the last is one day late', [1, 2, 3, 4, 32], []],
  ])('after %s is as the rule says', async (_, days, expected) => {
    const mail = await aMail();
    const at = (day: number) => (day > 31 ? '2026-04-01T00:00:00.000Z' : march(day));
    await apply(...days.map((day) => aBounce(mail, 'Transient', { at: at(day) })));
    expect(await suppressed()).toEqual(expected);
  });

  test('is never suppressed by bounces that do not say what they are, which are flagged', async () => {
    const mail = await aMail();
    await apply(...Array.from({ length: 9 }, () => aBounce(mail, undefined)));
    expect(await suppressed()).toEqual([]);
    expect(
      await rowsOf('select kind, count(*)::int from portal.email_incidents group by kind'),
    ).toEqual([{ kind: 'unclear', count: 9 }]);
    expect(await statusOf(mail)).toBe('bounced');
    expect(stdout.filter(({ message }) => message === 'Bounce has no known type')).toHaveLength(9);
    expect(stdout.filter(({ UnclearBounces }) => UnclearBounces === 1)).toHaveLength(9);
  });

  test('is judged by itself where one event names several', async () => {
    const mail = await aMail();
    const to = ['a@members.example', 'B@members.example', 'a@MEMBERS.example'];
    await apply(aResendEvent('email.complained', mail, { data: { to } }));

    expect(await suppressed()).toEqual(['a@members.example', 'b@members.example']);
    const told = await rowsOf(
      `select params ->> 'address' as address from portal.notifications where source = 'resend'`,
    );
    expect(told.map(({ address }) => address).sort()).toEqual([
      'a@members.example',
      'b@members.example',
    ]);
  });

  test('of support’s own is suppressed without a mail to it', async () => {
    await apply(aResendEvent('email.complained', await aMail({ to: 'Support@example.org' })));
    expect(await suppressed()).toEqual(['support@example.org']);
    expect(await rowsOf('select type from portal.outbox')).toEqual([{ type: 'email.suppressed' }]);
  });

  test('whose answer holds what Postgres cannot store is suppressed all the same', async () => {
    const mail = await aMail();
    const bounce = { type: 'Permanent', message: 'no \0 such \ud800 box' };
    await apply(...[1, 2].map(() => aResendEvent('email.bounced', mail, { data: { bounce } })));
    expect(await suppressed()).toEqual(['mia@members.example']);
  });
});

describe('at once', () => {
  test('20 deliveries of one event have one effect', async () => {
    const event = aResendEvent('email.complained', await aMail());
    const processors = Array.from({ length: 20 }, () => aResendProcessor(database.pool));

    const answers = await Promise.all(
      processors.map((processor, index) =>
        processor.process(Array.from({ length: 1 + (index % 3) }, () => aResendRecord(event))),
      ),
    );

    expect(answers.flat()).toEqual([]);
    for (const table of ['webhook_events', 'email_incidents', 'email_suppressions'])
      expect([table, await count(table)]).toEqual([table, 1]);
    expect(processors.flatMap(({ published }) => published)).toHaveLength(2);
  });

  test('20 bounces of one address suppress it once', async () => {
    const mails = await Promise.all(Array.from({ length: 20 }, () => aMail()));
    const processors = mails.map(() => aResendProcessor(database.pool));

    const answers = await Promise.all(
      mails.map((mail, index) =>
        processors[index]?.process([aResendRecord(aBounce(mail, 'Permanent'))]),
      ),
    );

    expect(answers.flat()).toEqual([]);
    expect(await count('email_incidents')).toBe(20);
    expect(await suppressed()).toEqual(['mia@members.example']);
    expect(
      await rowsOf(`select kind from portal.notifications where source = 'resend'`),
    ).toHaveLength(1);
    expect(
      await rowsOf(`select id from portal.outbox where type = 'email.suppressed'`),
    ).toHaveLength(1);
  });

  describe('events that name the same addresses in opposite orders wait for each other, and never in a circle', () => {
    /** Four events at once, about all of `to`; one that lost a deadlock would be told by its batch being taken apart. */
    async function complainAtOnce(to: readonly string[]): Promise<void> {
      const mails = await Promise.all(Array.from({ length: 4 }, () => aMail()));
      const answers = await Promise.all(
        mails.map((mail, index) => {
          const data = { to: index % 2 ? to : to.toReversed() };
          return aResendProcessor(database.pool).process([
            aResendRecord(aResendEvent('email.complained', mail, { data })),
          ]);
        }),
      );
      expect(answers.flat()).toEqual([]);
      expect(stdout.map(({ message }) => message)).not.toContain(
        'Batch failed; retrying records one by one',
      );
    }

    test('when nobody has heard of the addresses', async () => {
      await rowsOf(`
        create function dawdle() returns trigger language plpgsql as
          $$ begin perform pg_sleep(0.02); return new; end $$;
        create trigger dawdle before insert on portal.email_suppressions for each row execute function dawdle()`);
      const to = Array.from({ length: 8 }, (_, index) => `m${index}@members.example`);

      await complainAtOnce(to).finally(() => rowsOf('drop function dawdle cascade'));

      expect(await suppressed()).toEqual(to);
      expect(
        await rowsOf(`select id from portal.outbox where type = 'email.suppressed'`),
      ).toHaveLength(8);
    });

    test('when they are known', async () => {
      const to = Array.from({ length: 500 }, (_, index) => `m${index}@members.example`);
      await rowsOf('insert into portal.email_suppressions (address) select unnest($1::text[])', [
        to,
      ]);
      await complainAtOnce(to);
      expect(await suppressed()).toHaveLength(500);
    });
  });
});

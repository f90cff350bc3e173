import { describe, expect, test } from '@jest/globals';
import { aResendProcessor } from '../../support/processor.ts';
import {
  aBounce,
  aListEvent,
  aResendEvent,
  aResendRecord,
} from '../../support/providers/resend-events.ts';
import { useResendMails } from '../../support/providers/resend-mails.ts';
import { useStdout } from '../../support/stdout.ts';

const { aMail, apply, count, database, rowsOf, statusOf, suppressed } = useResendMails();
const stdout = useStdout();

describe('an address', () => {
  test('is suppressed by its second permanent bounce, and reported once', async () => {
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
          stage: 'test',
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

  test('is suppressed by one complaint', async () => {
    await apply(aResendEvent('email.complained', await aMail()));
    expect(await suppressed()).toEqual(['mia@members.example']);
  });

  test('is suppressed by two permanent bounces in one batch', async () => {
    const bounces = [aBounce(await aMail(), 'Permanent'), aBounce(await aMail(), 'Permanent')];
    await aResendProcessor(database.pool).process(bounces.map((event) => aResendRecord(event)));
    expect(await suppressed()).toEqual(['mia@members.example']);
    expect(await count('outbox')).toBe(2);
  });

  const march = (day: number, time = '00:00:00.000') =>
    `2026-03-${String(day).padStart(2, '0')}T${time}Z`;
  test.each([
    [
      'five transient bounces within exactly thirty days',
      [1, 2, 3, 4, 31],
      ['mia@members.example'],
    ],
    ['four transient bounces', [1, 2, 3, 4], []],
    ['five transient bounces of which the last is one day late', [1, 2, 3, 4, 32], []],
  ])('is suppressed after %s only if the rule says so', async (_, days, expected) => {
    const mail = await aMail();
    const at = (day: number) => (day > 31 ? '2026-04-01T00:00:00.000Z' : march(day));
    await apply(...days.map((day) => aBounce(mail, 'Transient', { at: at(day) })));
    expect(await suppressed()).toEqual(expected);
  });

  test('is never suppressed by bounces without a type, which are logged', async () => {
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

  test('is the recipient of the notification, whichever addresses the event names', async () => {
    const mail = await aMail({ to: 'Mia <MIA@Members.example>' });
    for (const to of [['other@x.example', 'MIA@members.example'], [], undefined]) {
      await apply(aResendEvent('email.complained', mail, { data: { to } }));
      expect(await suppressed()).toEqual(['mia@members.example']);
    }
    expect(await rowsOf('select distinct address from portal.email_incidents')).toEqual([
      { address: 'mia@members.example' },
    ]);
  });

  test('is the one that the mail was sent to, even if the member has changed it', async () => {
    const mail = await aMail();
    await rowsOf(`update portal.notifications set sent_to = 'old@members.example'`);
    await apply(aResendEvent('email.complained', mail));
    expect(await suppressed()).toEqual(['old@members.example']);
  });

  test.each([
    ['MessageTooLarge', 'bounced'],
    ['ContentRejected', 'bounced'],
    ['AttachmentRejected', 'bounced'],
  ])('is not counted for a bounce of the sub-type %s, which is logged', async (subType, status) => {
    const mail = await aMail();
    const data = { bounce: { type: 'Transient', subType } };
    await apply(...Array.from({ length: 5 }, () => aResendEvent('email.bounced', mail, { data })));
    expect([await statusOf(mail), await count('email_incidents')]).toEqual([status, 0]);
    expect(await suppressed()).toEqual([]);
    expect(stdout.filter(({ RejectedMails }) => RejectedMails === 1)).toHaveLength(5);
  });

  describe('of our own', () => {
    const alerts = async () =>
      (await rowsOf(`select detail from portal.outbox where type = 'on-call.alerted'`)).map(
        ({ detail }) => detail.message.content.description,
      );

    test('alerts people on call; support gets no mail about itself', async () => {
      await apply(
        aResendEvent(
          'email.complained',
          await aMail({ to: 'Support@example.org', isMember: false }),
        ),
      );
      expect(await suppressed()).toEqual(['support@example.org']);
      expect(await rowsOf('select type from portal.outbox order by type')).toEqual([
        { type: 'email.suppressed' },
        { type: 'on-call.alerted' },
      ]);
      expect(await alerts()).toEqual([expect.stringContaining('support@example.org')]);
    });

    test('alerts people on call if Resend reports it without a mail', async () => {
      await apply(aListEvent('added', 'Partner@Example.org', { origin: 'manual' }));
      expect(await alerts()).toEqual([expect.stringContaining('partner@example.org')]);
    });

    test('is every recipient without an account', async () => {
      const mail = await aMail({ to: 'auditor@elsewhere.example', isMember: false });
      await apply(aResendEvent('email.complained', mail));
      expect(await alerts()).toHaveLength(1);
    });
  });

  test('is suppressed even if Postgres rejects characters of the bounce message', async () => {
    const mail = await aMail();
    const bounce = { type: 'Permanent', message: 'no \0 such \ud800 box' };
    await apply(...[1, 2].map(() => aResendEvent('email.bounced', mail, { data: { bounce } })));
    expect(await suppressed()).toEqual(['mia@members.example']);
  });
});

describe("Resend's list", () => {
  const row = async () =>
    (await rowsOf('select suppressed, reason, origin, listed from portal.email_suppressions'))[0];
  const supportMails = () =>
    rowsOf(`select id from portal.notifications where kind = 'address.suppressed'`);

  test.each([
    ['previous_complaint', 'complaint'],
    ['previous_bounce', 'permanent-bounces'],
    [undefined, 'permanent-bounces'],
  ])('suppresses the recipient of a mail that Resend suppressed: %s', async (reason, expected) => {
    const mail = await aMail();
    const data = { suppressed: { type: 'OnAccountSuppressionList', reason } };
    await apply(aResendEvent('email.suppressed', mail, { data }));
    expect(await row()).toEqual({
      suppressed: true,
      reason: expected,
      origin: 'resend',
      listed: true,
    });
    expect(await statusOf(mail)).toBe('suppressed');
    expect(await supportMails()).toHaveLength(1);
  });

  test('counts as a permanent bounce for the global list of Amazon SES', async () => {
    const data = { suppressed: { type: 'Suppressed' } };
    await apply(aResendEvent('email.suppressed', await aMail(), { data }));
    expect(await row()).toMatchObject({ suppressed: false, listed: false });
    await apply(aResendEvent('email.suppressed', await aMail(), { data }));
    expect(await row()).toMatchObject({ suppressed: true, reason: 'permanent-bounces' });
  });

  test.each([
    ['bounce', 'permanent-bounces'],
    ['complaint', 'complaint'],
    ['manual', 'manual'],
  ] as const)('suppresses an added address of the origin %s', async (origin, reason) => {
    await apply(aListEvent('added', 'Mia <MIA@members.example>', { origin }));
    expect(await suppressed()).toEqual(['mia@members.example']);
    expect(await row()).toEqual({ suppressed: true, reason, origin: 'resend', listed: true });
  });

  test('is reported to support once, however often the address is reported', async () => {
    const mail = await aMail();
    const data = {
      suppressed: { type: 'OnAccountSuppressionList', reason: 'previous_bounce' },
    };
    await apply(
      aBounce(mail, 'Permanent'),
      aListEvent('added', mail.to, { at: '2026-03-01T10:00:01Z' }),
      aResendEvent('email.suppressed', await aMail(), { data, at: '2026-03-01T10:00:02Z' }),
      aBounce(await aMail(), 'Permanent', { at: '2026-03-01T10:00:03Z' }),
    );
    expect(await supportMails()).toHaveLength(1);
    expect(await rowsOf(`select from portal.outbox where type = 'email.suppressed'`)).toHaveLength(
      1,
    );
  });

  test('lifts a removed address, and ignores what happened before', async () => {
    const mail = await aMail();
    await apply(
      aListEvent('added', mail.to, { at: '2026-03-01T10:00:01Z' }),
      aListEvent('removed', mail.to, { at: '2026-03-01T10:00:05Z' }),
      aListEvent('added', mail.to, { at: '2026-03-01T10:00:02Z' }),
      aResendEvent('email.complained', mail, { at: '2026-03-01T10:00:03Z' }),
    );
    expect(await suppressed()).toEqual([]);
    await apply(aResendEvent('email.complained', mail, { at: '2026-03-01T10:00:06Z' }));
    expect(await suppressed()).toEqual(['mia@members.example']);
  });
});

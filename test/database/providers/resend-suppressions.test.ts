import { describe, expect, test } from '@jest/globals';
import { aResendProcessor } from '../../support/processor.ts';
import { aBounce, aResendEvent, aResendRecord } from '../../support/providers/resend-events.ts';
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

  test('is evaluated by itself if one event names several addresses', async () => {
    const mail = await aMail();
    const to = ['a@members.example', 'B@members.example', 'a@MEMBERS.example'];
    await apply(aResendEvent('email.complained', mail, { data: { to } }));

    expect(await suppressed()).toEqual(['a@members.example', 'b@members.example']);
    const notifications = await rowsOf(
      `select params ->> 'address' as address from portal.notifications where source = 'resend'`,
    );
    expect(notifications.map(({ address }) => address).sort()).toEqual([
      'a@members.example',
      'b@members.example',
    ]);
  });

  test('of support is suppressed without a mail to support', async () => {
    await apply(aResendEvent('email.complained', await aMail({ to: 'Support@example.org' })));
    expect(await suppressed()).toEqual(['support@example.org']);
    expect(await rowsOf('select type from portal.outbox')).toEqual([{ type: 'email.suppressed' }]);
  });

  test('is suppressed even if Postgres rejects characters of the bounce message', async () => {
    const mail = await aMail();
    const bounce = { type: 'Permanent', message: 'no \0 such \ud800 box' };
    await apply(...[1, 2].map(() => aResendEvent('email.bounced', mail, { data: { bounce } })));
    expect(await suppressed()).toEqual(['mia@members.example']);
  });
});

import { expect, test } from '@jest/globals';
import { makeRunCommand } from '../../cli/ops/operations-client.ts';
import { canonicalAddress } from '../../lambdas/notifications/email-address.ts';
import type { Member } from '../../local/postgres/sample-portal.ts';
import { eventually } from '../support/eventually.ts';
import { useLocal, waitForEmptyQueues } from '../support/local.ts';
import { mailJourney, SUPPORT } from '../support/providers/resend-journey.ts';

const local = useLocal();
const { createMember, notify, deliveryStatusOf } = mailJourney(local);

async function suppressionOf({ email }: Pick<Member, 'email'>) {
  const { rows } = await local().pool.query<{
    suppressed: boolean;
    reason: string;
    origin: string;
  }>('select suppressed, reason, origin from portal.email_suppressions where address = $1::text', [
    canonicalAddress(email),
  ]);
  return rows[0];
}

test('Resend suppresses an address after one bounce, and support gets one mail', async () => {
  const noa = await createMember('bounced');
  const first = await notify(noa);
  expect(first.status).toBe('sent');
  await deliveryStatusOf(first.id, 'bounced');
  expect(
    await eventually(
      () => suppressionOf(noa),
      (row) => row?.suppressed === true,
    ),
  ).toEqual({ suppressed: true, reason: 'permanent-bounces', origin: 'resend' });

  const second = await notify(noa);
  expect(second).toMatchObject({ status: 'suppressed', mails: [] });
  expect(await waitForEmptyQueues(local())).toEqual([]);
  const toSupport = () =>
    local()
      .resend.mails()
      .filter(({ to, text }) => to.includes(SUPPORT) && text?.includes(noa.email));
  expect(await eventually(toSupport, ({ length }) => length > 0)).toHaveLength(1);
  expect(toSupport()[0]?.text).toContain(`npm run ops -- suppressions lift ${noa.email}`);
  const toNoa = local()
    .resend.mails()
    .filter(({ to }) => to.includes(noa.email));
  expect(toNoa).toHaveLength(1);
  expect(local().buses.events()).toContainEqual(
    expect.objectContaining({
      'detail-type': 'email.suppressed',
      detail: expect.objectContaining({
        address: noa.email,
        reason: 'permanent-bounces',
        origin: 'resend',
      }),
    }),
  );
});

test('a lift removes an address from both lists', async () => {
  const ben = await createMember('complained');
  await deliveryStatusOf((await notify(ben)).id, 'complained');
  const isSuppressed = async () => (await suppressionOf(ben))?.suppressed === true;
  const isListed = () => local().resend.suppressions.find(ben.email) !== undefined;
  expect([await eventually(isSuppressed, Boolean), isListed()]).toEqual([true, true]);

  const operate = makeRunCommand({ url: local().url, region: 'ap-southeast-2', isLocal: true });
  const lift = () =>
    operate({
      command: 'suppressions lift',
      arguments: { address: ben.email, reason: 'they asked for mails' },
    });
  expect(await lift()).toMatchObject({ portal: 'lifted', resend: 'removed' });
  expect([await isSuppressed(), isListed()]).toEqual([false, false]);
  expect(await lift()).toEqual({ portal: 'not-suppressed', resend: 'not-listed' });
});

test('the comparison repairs what no event reported', async () => {
  const [added, removed] = [await createMember('x'), await createMember('y')];
  const { pool, resend } = local();
  resend.suppressions.add(removed.email, 'manual');
  await eventually(
    async () => (await suppressionOf(removed))?.suppressed,
    (value) => value === true,
  );
  await pool.query(
    `insert into portal.email_suppressions
       (address, suppressed, reason, origin, since, source, event_id, listed, listed_at)
     values ($1, true, 'complaint', 'resend', now(), 'resend', 'e', true, '2026-01-01')`,
    [added.email],
  );
  await pool.query(
    `update portal.email_suppressions set suppressed = false, listed = false,
                           listed_at = null where address = $1`,
    [removed.email],
  );

  const operate = makeRunCommand({ url: local().url, region: 'ap-southeast-2', isLocal: true });
  await operate({ command: 'jobs run', arguments: { name: 'compare-suppressions' } });
  await eventually(
    () => suppressionOf(removed),
    (row) => row?.suppressed === true,
  );

  expect(await suppressionOf(added)).toMatchObject({ suppressed: false });
  expect(await suppressionOf(removed)).toMatchObject({ suppressed: true, reason: 'manual' });
});

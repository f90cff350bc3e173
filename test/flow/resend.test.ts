import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { bareAddress } from '../../lambdas/notifications/email-address.ts';
import { liftSuppression } from '../../lambdas/notifications/email-suppressions.queries.ts';
import { chooseMail } from '../../local/postgres/choose-mail.ts';
import { waitUntilComplete } from '../../local/postgres/inspect-event.ts';
import { addAsset, addMember, type Member } from '../../local/postgres/sample-portal.ts';
import { type ResendEvent, resendEvent } from '../../local/sandbox/resend-events.ts';
import type { ResendDeliveryOptions } from '../../local/sandbox/resend-webhooks.ts';
import { eventually } from '../support/eventually.ts';
import { deliver, eventOf, functionNamed, useLocal, waitForEmptyQueues } from '../support/local.ts';

const local = useLocal();
const SUPPORT = 'support@dev.motion-mavericks.example';

let members = 0;
async function aMember(name: string): Promise<Member> {
  members += 1;
  return addMember(local().pool, {
    name: `Member ${members}`,
    email: `${name}+${members}@resend.dev`,
  });
}

/** A notification to this member, and what became of its mail. */
async function notify(owner: Member) {
  const film = await addAsset(local().pool, { owner, status: 'processing' });
  const { notifications, mails } = await deliver(local(), eventOf(film, 'video.asset.ready'));
  return { id: notifications[0]?.id ?? '', status: notifications[0]?.mail_status, mails };
}

/** Waits until Resend has told of the mail as much as it will. */
async function deliveryOf(notificationId: string, wanted: string): Promise<string | null> {
  const read = async () => {
    const { rows } = await local().pool.query<{ delivery_status: string | null }>(
      'select delivery_status from portal.notifications where id = $1::uuid',
      [notificationId],
    );
    return rows[0]?.delivery_status ?? null;
  };
  return eventually(read, (status) => status === wanted);
}

async function suppressionOf({ email }: Pick<Member, 'email'>) {
  const { rows } = await local().pool.query<{ suppressed: boolean; reason: string }>(
    'select suppressed, reason from portal.email_suppressions where address = $1::text',
    [bareAddress(email)],
  );
  return rows[0];
}

async function post(event: ResendEvent, options?: ResendDeliveryOptions) {
  const { statusCode } = await local().resend.deliver(event, options);
  expect(statusCode).toBe(200);
  return waitUntilComplete(local().inspect, 'resend', event.id, 20_000);
}

describe('what the sandbox tells of a mail', () => {
  test.each([
    ['delivered', 'delivered'],
    ['bounced', 'bounced'],
    ['complained', 'complained'],
    ['suppressed', 'suppressed'],
    ['somebody.else', 'delivered'],
  ])('to %s@resend.dev reaches its notification: %s', async (name, status) => {
    const { id } = await notify(await aMember(name));
    expect(await deliveryOf(id, status)).toBe(status);
  });
});

test('two permanent bounces end the mails to an address, and support hears of it by one mail', async () => {
  const noa = await aMember('bounced');
  const first = await notify(noa);
  expect(first.status).toBe('sent');
  await deliveryOf(first.id, 'bounced');
  expect(await suppressionOf(noa)).toMatchObject({ suppressed: false });

  const second = await notify(noa);
  await deliveryOf(second.id, 'bounced');
  expect(await suppressionOf(noa)).toEqual({ suppressed: true, reason: 'permanent-bounces' });

  const third = await notify(noa);
  expect(third).toMatchObject({ status: 'suppressed', mails: [] });
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
  expect(toNoa).toHaveLength(2);
  expect(local().buses.events()).toContainEqual(
    expect.objectContaining({
      'detail-type': 'email.suppressed',
      detail: expect.objectContaining({ address: noa.email, reason: 'permanent-bounces' }),
    }),
  );
});

test('an address whose suppression is lifted is mailed again, and what it did before no longer counts', async () => {
  const kim = await aMember('delivered');
  await notify(kim);
  const mail = await chooseMail(local().pool, kim.email);
  const complaint = resendEvent('email.complained', mail, new Date());
  expect((await post(complaint)).addresses).toMatchObject([
    { suppressed: true, reason: 'complaint' },
  ]);
  expect((await notify(kim)).status).toBe('suppressed');

  const lifted = await liftSuppression(
    local().pool,
    ` ${kim.email.toUpperCase()} `,
    'ines',
    new Date(),
  );
  expect(lifted).toMatchObject({ reason: 'complaint', eventId: complaint.id });
  expect((await notify(kim)).status).toBe('sent');

  // Hours late, and from before it was lifted.
  const late = resendEvent('email.complained', mail, new Date(Date.now() - 10 * 3_600_000));
  expect((await post(late)).addresses).toMatchObject([{ suppressed: false }]);
  expect((await notify(kim)).status).toBe('sent');
});

test('a complaint that comes before the delivery it is about stays', async () => {
  const { id } = await notify(await aMember('suppressed'));
  await deliveryOf(id, 'suppressed');
  const { rows } = await local().pool.query<{ email: string }>(
    'select email from portal.users join portal.notifications on users.id = user_id where notifications.id = $1::uuid',
    [id],
  );
  const mail = await chooseMail(local().pool, rows[0]?.email);
  const now = Date.now();

  await post(resendEvent('email.complained', mail, new Date(now)));
  const delivered = await post(resendEvent('email.delivered', mail, new Date(now + 60_000)));

  expect(delivered.ledger?.status).toBe('processed');
  expect(delivered.delivery).toBeUndefined();
  expect(await deliveryOf(id, 'complained')).toBe('complained');
});

test('one event 20 times at once has one effect', async () => {
  const lou = await aMember('delivered');
  await notify(lou);
  const event = resendEvent(
    'email.complained',
    await chooseMail(local().pool, lou.email),
    new Date(),
  );

  const answers = await Promise.all(
    Array.from({ length: 20 }, () => local().resend.deliver(event)),
  );

  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  await post(event);
  expect(await waitForEmptyQueues(local())).toEqual([]);
  const consequences = await local().inspect('resend', event.id);
  expect(consequences.addresses).toMatchObject([{ address: lou.email, suppressed: true }]);
  expect(consequences.notifications).toMatchObject([{ kind: 'address.suppressed', name: SUPPORT }]);
  expect(consequences.mails).toHaveLength(1);
  expect(consequences.domainEvents.map((one) => one['detail-type']).sort()).toEqual([
    'email.suppressed',
    'notification.requested',
  ]);
});

test('an event hours old is applied, and a delivery signed minutes ago is not taken', async () => {
  const { id } = await notify(await aMember('suppressed'));
  await deliveryOf(id, 'suppressed');
  const mail = await chooseMail(local().pool, undefined);
  const tenHoursAgo = resendEvent('email.complained', mail, new Date(Date.now() - 10 * 3_600_000));

  const staleSignature = { signedAt: new Date(Date.now() - 301_000) };
  expect(await local().resend.deliver(tenHoursAgo, staleSignature)).toMatchObject({
    statusCode: 400,
  });
  expect((await local().inspect('resend', tenHoursAgo.id)).ledger).toBeUndefined();

  expect((await post(tenHoursAgo)).ledger?.status).toBe('processed');
  expect(await local().resend.deliver(tenHoursAgo, { forged: true })).toMatchObject({
    statusCode: 400,
  });
});

test('through a rotation of the secret each delivery is taken: signed with both, with the old one, with the new one', async () => {
  const name = 'motion-mavericks/dev/resend/webhook-signing-secret';
  const old = local().secrets.find(name)?.versions['AWSCURRENT']?.value ?? '';
  const fresh = `whsec_${randomBytes(24).toString('base64')}`;
  await notify(await aMember('delivered'));
  const mail = await chooseMail(local().pool, undefined);
  const anEvent = () => resendEvent('email.delivered', mail, new Date());

  // Resend has rotated, and nobody has put the new secret yet.
  await post(anEvent(), { secrets: [fresh, old] });
  local().secrets.put(name, fresh);
  for (const secrets of [[fresh, old], [old]]) await post(anEvent(), { secrets });
  // What runs reads the secret again within five minutes; what starts reads it at once.
  await functionNamed(local(), 'ResendVerifier').kill();
  for (const secrets of [[fresh, old], [old], [fresh]]) await post(anEvent(), { secrets });

  const third = `whsec_${randomBytes(24).toString('base64')}`;
  expect(await local().resend.deliver(anEvent(), { secrets: [third] })).toMatchObject({
    statusCode: 400,
  });
});

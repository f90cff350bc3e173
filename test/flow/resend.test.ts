import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { liftSuppression } from '../../lambdas/notifications/email-suppressions.queries.ts';
import { chooseMail } from '../../local/postgres/choose-mail.ts';
import { waitUntilComplete } from '../../local/postgres/inspect-event.ts';
import { type ResendEvent, resendEvent } from '../../local/sandbox/resend-events.ts';
import type { ResendDeliveryOptions } from '../../local/sandbox/resend-webhooks.ts';
import { WAIT_MS } from '../support/eventually.ts';
import { functionNamed, useLocal, waitForEmptyQueues } from '../support/local.ts';
import { mailJourney, SUPPORT } from '../support/providers/resend-journey.ts';

const local = useLocal();
const { createMember, notify, deliveryStatusOf } = mailJourney(local);

async function post(event: ResendEvent, options?: ResendDeliveryOptions) {
  const { statusCode } = await local().resend.deliver(event, options);
  expect(statusCode).toBe(200);
  return waitUntilComplete(local().inspect, 'resend', event.id, WAIT_MS);
}

describe('delivery status of a mail', () => {
  test.each([
    ['delivered', 'delivered'],
    ['bounced', 'bounced'],
    ['complained', 'complained'],
    ['suppressed', 'suppressed'],
    ['somebody.else', 'delivered'],
  ])('to %s@resend.dev is %s', async (name, status) => {
    const { id } = await notify(await createMember(name));
    expect(await deliveryStatusOf(id, status)).toBe(status);
  });
});

test('an address gets mails after a lift, and older events do not count', async () => {
  const kim = await createMember('delivered');
  await notify(kim);
  const mail = await chooseMail(local().pool, kim.email);
  const complaint = resendEvent('email.complained', mail, new Date());
  expect((await post(complaint)).addresses).toMatchObject([
    { suppressed: true, reason: 'complaint' },
  ]);
  expect((await notify(kim)).status).toBe('suppressed');

  const lifted = await liftSuppression(local().pool, {
    address: ` ${kim.email.toUpperCase()} `,
    by: 'ines',
    at: new Date(),
    wasListed: false,
  });
  expect(lifted).toMatchObject({ reason: 'complaint', eventId: complaint.id });
  expect((await notify(kim)).status).toBe('sent');

  // An event from before the lift that arrives hours late.
  const late = resendEvent('email.complained', mail, new Date(Date.now() - 10 * 3_600_000));
  expect((await post(late)).addresses).toMatchObject([{ suppressed: false }]);
  expect((await notify(kim)).status).toBe('sent');
});

test('a delivery event does not replace an earlier complaint', async () => {
  const { id } = await notify(await createMember('suppressed'));
  await deliveryStatusOf(id, 'suppressed');
  const { rows } = await local().pool.query<{ email: string }>(
    `select email
       from portal.users
       join portal.notifications on users.id = user_id
      where notifications.id = $1::uuid`,
    [id],
  );
  const mail = await chooseMail(local().pool, rows[0]?.email);
  const now = Date.now();

  await post(resendEvent('email.complained', mail, new Date(now)));
  const delivered = await post(resendEvent('email.delivered', mail, new Date(now + 60_000)));

  expect(delivered.ledger?.status).toBe('processed');
  expect(delivered.delivery).toBeUndefined();
  expect(await deliveryStatusOf(id, 'complained')).toBe('complained');
});

test('twenty parallel deliveries of one event have one effect', async () => {
  const lou = await createMember('delivered');
  await notify(lou);
  const event = resendEvent(
    'email.complained',
    await chooseMail(local().pool, lou.email),
    new Date(),
  );

  const responses = await Promise.all(
    Array.from({ length: 20 }, () => local().resend.deliver(event)),
  );

  expect(new Set(responses.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
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

test('an old event is applied, but an old signature is rejected', async () => {
  const { id } = await notify(await createMember('suppressed'));
  await deliveryStatusOf(id, 'suppressed');
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

test('applies an event with the header names of Standard Webhooks', async () => {
  await notify(await createMember('delivered'));
  const mail = await chooseMail(local().pool, undefined);
  const event = resendEvent('email.delivered', mail, new Date());

  expect(await post(event, { headerFamily: 'webhook' })).toMatchObject({
    ledger: { status: 'processed', attempts: 1 },
  });
});

test('accepts the old secret, the new one and both during a rotation', async () => {
  const name = 'motion-mavericks/dev/resend/webhook-signing-secret';
  const old = local().secrets.find(name)?.versions['AWSCURRENT']?.value ?? '';
  const fresh = `whsec_${randomBytes(24).toString('base64')}`;
  await notify(await createMember('delivered'));
  const mail = await chooseMail(local().pool, undefined);
  const createEvent = () => resendEvent('email.delivered', mail, new Date());

  // Resend has rotated its secret, and the new secret is not stored yet.
  await post(createEvent(), { secrets: [fresh, old] });
  local().secrets.put(name, fresh);
  for (const secrets of [[fresh, old], [old]]) await post(createEvent(), { secrets });
  // A new process reads the secret at once; a running one reads it within five minutes.
  await functionNamed(local(), 'ResendVerifier').kill();
  for (const secrets of [[fresh, old], [old], [fresh]]) await post(createEvent(), { secrets });

  const third = `whsec_${randomBytes(24).toString('base64')}`;
  expect(await local().resend.deliver(createEvent(), { secrets: [third] })).toMatchObject({
    statusCode: 400,
  });
});

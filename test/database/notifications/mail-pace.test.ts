import { describe, expect, test } from '@jest/globals';
import { lowerRate, reserveSlot } from '../../../lambdas/notifications/mail-pace.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { batch, open, start, useSender } from '../../support/providers/mail-sender.ts';
import { useResendServer } from '../../support/providers/resend-server.ts';
import { useStdout } from '../../support/stdout.ts';

const database = useDatabase();
const resend = useResendServer();
const sender = useSender(database, resend);
const stdout = useStdout();
const outcomes = () =>
  stdout.filter(({ message }) => message === 'Mail processed').map(({ outcome }) => outcome);

const afterStart = (milliseconds: number) => new Date(start.getTime() + milliseconds);
const tooMany = (headers = {}) => ({ status: 429, name: 'rate_limit_exceeded', headers });

async function pace() {
  const { rows } = await database.pool.query<{ next: Date; rate: number }>(
    'select next_slot as next, requests_per_second as rate from portal.mail_pace',
  );
  return rows[0];
}

describe('slots', () => {
  const reserve = (latest = afterStart(60_000), now = start) =>
    reserveSlot(database.pool, { now, latest, firstRate: 4 });

  test('give concurrent senders one slot each, evenly spaced', async () => {
    const slots = await Promise.all(Array.from({ length: 20 }, () => reserve()));
    const times = slots.map((slot) => (slot?.at.getTime() ?? 0) - start.getTime());
    expect(times.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 20 }, (_, index) => index * 250),
    );
  });

  test('end at the given time, and a rejected reservation moves nothing', async () => {
    expect(await reserve(afterStart(400))).toMatchObject({ at: start });
    expect(await reserve(afterStart(400))).toMatchObject({ at: afterStart(250) });
    expect(await reserve(afterStart(400))).toBeUndefined();
    expect(await pace()).toMatchObject({ next: afterStart(500) });
    expect(await reserve(afterStart(500))).toMatchObject({ at: afterStart(500) });
  });

  test('do not accumulate while nothing is sent', async () => {
    await reserve();
    expect(await reserve(afterStart(120_000), afterStart(60_000))).toMatchObject({
      at: afterStart(60_000),
    });
    expect(await reserve(afterStart(120_000), afterStart(60_000))).toMatchObject({
      at: afterStart(60_250),
    });
  });

  test('are not reserved in the past', async () => {
    expect(await reserve(afterStart(-1))).toBeUndefined();
    expect(await pace()).toBeUndefined();
  });
});

describe('pacing', () => {
  test('spaces the mails of a batch by the initial rate', async () => {
    const ids = [await sender.notify(), await sender.notify(), await sender.notify()];
    await sender.deliver(batch(...ids), { initialRate: 5 });
    expect(sender.waits.map(Math.round)).toEqual([0, 210, 421]);
    expect(resend.mails).toHaveLength(3);
  });

  test('follows the limit that Resend reports', async () => {
    const limit = { 'ratelimit-limit': '2', 'ratelimit-remaining': '1', 'ratelimit-reset': '1' };
    resend.headers = limit;
    await sender.deliver(batch(await sender.notify()), { initialRate: 5 });
    expect(await pace()).toMatchObject({ rate: 1.9 });
  });

  test('lowers the rate once for all requests that one limit rejected', async () => {
    await sender.deliver(batch(await sender.notify()), { initialRate: 10 });
    const at = afterStart(1_000);
    await lowerRate(database.pool, { slot: afterStart(100), rate: 8, at });
    await lowerRate(database.pool, { slot: afterStart(200), rate: 6, at });
    expect(await pace()).toMatchObject({ rate: 8 });
    await lowerRate(database.pool, { slot: afterStart(1_100), rate: 6, at: afterStart(2_000) });
    expect(await pace()).toMatchObject({ rate: 6 });
  });

  test('pauses when no request is left in a long window', async () => {
    resend.headers = { 'ratelimit-remaining': '0', 'ratelimit-reset': '30' };
    const ids = [await sender.notify(), await sender.notify()];
    expect(await sender.deliver(batch(...ids))).toEqual(open());
    expect(outcomes()).toEqual(['sent', 'rate-limited']);
    expect(sender.copies.map(({ delaySeconds }) => delaySeconds)).toEqual([33]);
  });
});

describe('a rate-limited mail loses no receive', () => {
  test('after a 429 it returns as a copy, and the next mail waits in the function', async () => {
    const ids = [await sender.notify(), await sender.notify()];
    resend.turns = [tooMany({ 'retry-after': '2' })];
    const event = batch(...ids);
    expect(await sender.deliver(event)).toEqual(open());
    expect(sender.copies).toEqual([{ body: event.Records[0]?.body, delaySeconds: 2 }]);
    expect(sender.waits).toEqual([0, 2_000]);
    expect(outcomes()).toEqual(['rate-limited', 'sent']);
    expect(await sender.stored(ids[0] ?? '')).toMatchObject({
      mail_status: 'pending',
      mail_first_try: null,
    });
  });

  test('without retry-after the delay is one to five seconds', async () => {
    resend.turns = [tooMany()];
    await sender.deliver(batch(await sender.notify()));
    expect(sender.copies.map(({ delaySeconds }) => delaySeconds)).toEqual([3]);
  });

  test('a quota stops all senders, and they do not try again before it may be over', async () => {
    const ids = [await sender.notify(), await sender.notify(), await sender.notify()];
    resend.turns = [{ status: 429, name: 'daily_quota_exceeded' }];
    expect(await sender.deliver(batch(...ids))).toEqual(open());
    expect(resend.requests).toBe(1);
    expect(sender.copies.map(({ delaySeconds }) => delaySeconds)).toEqual([300, 303, 303]);
  });

  test('a slot beyond the end of the function is not reserved', async () => {
    const id = await sender.notify();
    sender.remainingMs = 11_000;
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.requests).toBe(0);
    expect(sender.copies).toHaveLength(1);
    expect(await sender.stored(id)).toMatchObject({ mail_attempts: 0, mail_status: 'pending' });
  });

  test('a copy that cannot be sent returns the message with its delay', async () => {
    resend.turns = [tooMany({ 'retry-after': '7' })];
    sender.sendDelayed = () => Promise.reject(new Error('SQS is unavailable.'));
    expect(await sender.deliver(batch(await sender.notify()))).toEqual(open('m0'));
    expect(sender.hidden).toEqual({ m0: 7 });
  });

  test('a crash between copy and acknowledgement sends one mail', async () => {
    const id = await sender.notify();
    resend.turns = [tooMany()];
    const original = batch(id);
    await sender.deliver(original);
    const [copy] = sender.copies;
    expect(copy?.body).toBe(original.Records[0]?.body);
    sender.hoursLater(1);
    await Promise.all([sender.deliver(original), sender.deliver(batch(id))]);
    await sender.deliver(original);
    expect(resend.mails).toHaveLength(1);
    expect(await sender.stored(id)).toMatchObject({ mail_status: 'sent' });
  });
});

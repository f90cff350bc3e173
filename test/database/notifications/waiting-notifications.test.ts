import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Queryable } from '../../../lambdas/platform/postgres/database.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import {
  batch,
  messages,
  open,
  requested,
  start,
  useSender,
} from '../../support/providers/mail-sender.ts';
import { useResendServer } from '../../support/providers/resend-server.ts';
import { useStdout } from '../../support/stdout.ts';

const database = useDatabase();
const resend = useResendServer();
const sender = useSender(database, resend);
const stdout = useStdout();
const lines = () => stdout.filter(({ message }) => message === 'mail');

describe('what waits', () => {
  test('a server error is tried again', async () => {
    const id = await sender.notify();
    resend.turns = [{ status: 500, name: 'internal_server_error' }];
    expect(await sender.deliver(batch(id))).toEqual(open('m0'));
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'pending',
      mail_first_try: start,
    });
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(await sender.stored(id)).toMatchObject({ mail_status: 'sent', mail_attempts: 2 });
  });

  test('a request without an answer ends in time and does not stop the rest', async () => {
    const [hanging, other] = [await sender.notify(), await sender.notify()];
    resend.turns = ['hang'];
    const startedAt = performance.now();
    expect(await sender.deliver(batch(hanging, other))).toEqual(open('m0'));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(lines()[0]).toMatchObject({
      level: 'WARN',
      outcome: 'deferred',
      code: 'application_error',
    });
  });

  test('a used-up rate stops the batch, and nothing of it is lost', async () => {
    const ids = [await sender.notify(), await sender.notify(), await sender.notify()];
    resend.turns = [{ status: 429, name: 'rate_limit_exceeded', headers: { 'retry-after': '2' } }];
    expect(await sender.deliver(batch(...ids))).toEqual(open('m0', 'm1', 'm2'));
    expect(resend.requests).toBe(1);
    expect(lines().map(({ outcome, retryAfterSeconds }) => [outcome, retryAfterSeconds])).toEqual([
      ['deferred', 2],
      ['rate-limited', undefined],
      ['rate-limited', undefined],
    ]);
    expect(await sender.deliver(batch(...ids))).toEqual(open());
    expect(resend.mails).toHaveLength(3);
  });

  test.each([
    ['is wrong', async () => 're_old'],
    ['cannot be read', () => Promise.reject(new Error('throttled'))],
  ])('a key that %s loses no mail, not even after days', async (_fault, faultyKey) => {
    const id = await sender.notify();
    sender.apiKey = faultyKey;
    expect(await sender.deliver(batch(id))).toEqual(open('m0'));
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'pending',
      mail_attempts: 1,
      mail_first_try: null,
    });
    sender.apiKey = async () => 're_current';
    sender.hoursLater(72);
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.mails).toHaveLength(1);
  });

  test('a notification that is not there yet', async () => {
    expect(await sender.deliver(batch(randomUUID()))).toEqual(open('m0'));
    expect(lines()[0]).toMatchObject({ outcome: 'deferred', code: 'no-such-notification' });
  });

  test('a message that cannot be read, with an error in the log and no word of it', async () => {
    const id = randomUUID();
    const texts = [
      '{',
      'null',
      JSON.stringify({ ...requested(id), source: 'elsewhere' }),
      JSON.stringify(requested('x')),
    ];
    expect(await sender.deliver(messages(...texts))).toEqual(open('m0', 'm1', 'm2', 'm3'));
    expect(lines().map(({ level, outcome }) => [level, outcome])).toEqual(
      texts.map(() => ['ERROR', 'unreadable']),
    );
    expect(JSON.stringify(stdout)).not.toContain(id);
  });
});

describe('23 hours after a try whose outcome is unknown', () => {
  const notSent = { status: 500, name: 'internal_server_error' };

  test('the mail is given up, for Resend would send it a second time', async () => {
    const id = await sender.notify();
    resend.turns = ['lost'];
    await sender.deliver(batch(id));
    sender.hoursLater(25);
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.mails).toHaveLength(1);
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'failed',
      mail_error: 'outcome-unknown',
    });
  });

  test.each([
    ['at 23 hours it is tried', 23 * 3_600_000, 'sent'],
    ['a millisecond later it is not', 23 * 3_600_000 + 1, 'failed'],
  ])('%s', async (_title, elapsedMs, status) => {
    const id = await sender.notify();
    resend.turns = [notSent];
    await sender.deliver(batch(id));
    sender.at = new Date(start.getTime() + elapsedMs);
    await sender.deliver(batch(id));
    expect(await sender.stored(id)).toMatchObject({ mail_status: status });
  });

  test('they count from the first such try, whatever later tries were told', async () => {
    const id = await sender.notify();
    resend.turns = ['lost', { status: 429, name: 'rate_limit_exceeded' }, notSent];
    for (const hours of [0, 10, 22, 24]) {
      sender.hoursLater(hours);
      await sender.deliver(batch(id));
    }
    expect(resend.requests).toBe(3);
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'failed',
      mail_first_try: start,
      mail_attempts: 3,
    });
  });

  test('a refusal does not withdraw the open try of another delivery', async () => {
    const id = await sender.notify();
    resend.accepting = setTimeout(400);
    const silent = sender.deliver(batch(id));
    while (resend.requests < 1) await setTimeout(5);
    resend.turns = [{ status: 429, name: 'rate_limit_exceeded' }];
    await sender.deliver(batch(id));
    await silent;
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'pending',
      mail_first_try: start,
      mail_attempts: 2,
    });
  });

  test('nor does a refusal that comes after another delivery was lost', async () => {
    const id = await sender.notify();
    resend.turns = [{ status: 429, name: 'rate_limit_exceeded', delayMs: 120 }, 'lost'];
    const refused = sender.deliver(batch(id));
    while (resend.requests < 1) await setTimeout(5);
    await sender.deliver(batch(id));
    await refused;
    expect(await sender.stored(id)).toMatchObject({ mail_first_try: start, mail_attempts: 2 });
  });

  test('nor does one of a delivery that read the notification before the lost try', async () => {
    const id = await sender.notify();
    const late: Queryable = {
      async query(text, values) {
        if (text.includes('mail_attempts + 1')) await sender.deliver(batch(id));
        return database.pool.query(text, values as unknown[]);
      },
    };
    resend.turns = ['lost', { status: 429, name: 'rate_limit_exceeded' }];
    await sender.deliver(batch(id), { db: late });
    expect(await sender.stored(id)).toMatchObject({ mail_first_try: start, mail_attempts: 2 });
  });
});

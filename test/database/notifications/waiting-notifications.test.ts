import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
const logLines = () => stdout.filter(({ message }) => message === 'Mail processed');

describe('deferred mails', () => {
  test('are retried after a server error', async () => {
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

  test('time out without a response and do not block the batch', async () => {
    const [hanging, other] = [await sender.notify(), await sender.notify()];
    resend.turns = ['hang'];
    const startedAt = performance.now();
    expect(await sender.deliver(batch(hanging, other))).toEqual(open('m0'));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(logLines()[0]).toMatchObject({
      level: 'WARN',
      outcome: 'deferred',
      code: 'application_error',
    });
  });

  test.each([
    ['a kind of newer code', 'asset.archived', {}, 'unknown-kind'],
    ['params of newer code', 'asset.ready', { assetId: 7 }, 'unreadable-params'],
  ])('wait for a deploy with %s', async (_title, kind, params, code) => {
    const id = await sender.notify({ kind, params });
    expect(await sender.deliver(batch(id))).toEqual(open('m0'));
    expect(logLines()[0]).toMatchObject({ level: 'WARN', outcome: 'deferred', code });
    expect(await sender.stored(id)).toMatchObject({ mail_status: 'pending', mail_attempts: 0 });
    expect(resend.requests).toBe(0);
  });

  test.each([
    [404, 'not_found'],
    [405, 'method_not_allowed'],
    [413, 'application_error'],
    [431, 'application_error'],
  ])('are retried for days after %s %s', async (status, name) => {
    const id = await sender.notify();
    resend.turns = [{ status, name }];
    expect(await sender.deliver(batch(id))).toEqual(open('m0'));
    sender.hoursLater(48);
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(await sender.stored(id)).toMatchObject({ mail_status: 'sent' });
  });

  test('are retried for days after a refused connection, as Resend received nothing', async () => {
    const id = await sender.notify();
    process.env['RESEND_BASE_URL'] = await unusedUrl();
    expect(await sender.deliver(batch(id))).toEqual(open('m0'));
    expect(logLines()[0]).toMatchObject({ outcome: 'deferred', code: 'connection-refused' });
    expect(await sender.stored(id)).toMatchObject({ mail_first_try: null });
    process.env['RESEND_BASE_URL'] = resend.url;
    sender.hoursLater(48);
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.mails).toHaveLength(1);
  });

  test('are abandoned after three days, however often they were requeued', async () => {
    const id = await sender.notify();
    sender.at = new Date(start.getTime() + 72 * 3_600_000 + 1);
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.requests).toBe(0);
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'failed',
      mail_error: 'abandoned: not sent within 3 days',
    });
  });

  test.each([
    [1, 45],
    [2, 450],
    [3, 1],
  ])('return after receive %i in %i s', async (receives, seconds) => {
    const id = await sender.notify();
    resend.turns = [{ status: 500, name: 'internal_server_error' }];
    const event = batch(id);
    for (const { attributes } of event.Records)
      attributes.ApproximateReceiveCount = String(receives);
    await sender.deliver(event);
    expect(sender.hidden).toEqual({ m0: seconds });
  });

  test.each([
    ['an invalid key', async () => 're_old'],
    ['an unreadable key', () => Promise.reject(new Error('throttled'))],
  ])('are sent days after %s is replaced', async (_title, faultyKey) => {
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

  test('wait for a notification that does not exist yet', async () => {
    expect(await sender.deliver(batch(randomUUID()))).toEqual(open('m0'));
    expect(logLines()[0]).toMatchObject({ outcome: 'deferred', code: 'no-such-notification' });
  });

  test('include an unreadable message, whose content is not logged', async () => {
    const id = randomUUID();
    const texts = [
      '{',
      'null',
      JSON.stringify({ ...requested(id), source: 'elsewhere' }),
      JSON.stringify(requested('x')),
    ];
    expect(await sender.deliver(messages(...texts))).toEqual(open('m0', 'm1', 'm2', 'm3'));
    expect(logLines().map(({ level, outcome }) => [level, outcome])).toEqual(
      texts.map(() => ['ERROR', 'unreadable']),
    );
    expect(JSON.stringify(stdout)).not.toContain(id);
  });
});

describe('23 hours after an attempt with an unknown outcome', () => {
  const serverError = { status: 500, name: 'internal_server_error' };

  test('fails the mail, as Resend would send it a second time', async () => {
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
    ['retries the mail at 23 hours', 23 * 3_600_000, 'sent'],
    ['fails the mail a millisecond later', 23 * 3_600_000 + 1, 'failed'],
  ])('%s', async (_title, elapsedMs, status) => {
    const id = await sender.notify();
    resend.turns = [serverError];
    await sender.deliver(batch(id));
    sender.at = new Date(start.getTime() + elapsedMs);
    await sender.deliver(batch(id));
    expect(await sender.stored(id)).toMatchObject({ mail_status: status });
  });

  test('counts the hours from the first such attempt', async () => {
    const id = await sender.notify();
    resend.turns = ['lost', { status: 429, name: 'rate_limit_exceeded' }, serverError];
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

  test('keeps the first attempt of a concurrent message after a rejection', async () => {
    const id = await sender.notify();
    resend.accepting = setTimeout(400);
    const pending = sender.deliver(batch(id));
    while (resend.requests < 1) await setTimeout(5);
    resend.turns = [{ status: 429, name: 'rate_limit_exceeded' }];
    await sender.deliver(batch(id));
    await pending;
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'pending',
      mail_first_try: start,
      mail_attempts: 2,
    });
  });

  test('keeps the first attempt of a lost request after a later rejection', async () => {
    const id = await sender.notify();
    resend.turns = [{ status: 429, name: 'rate_limit_exceeded', delayMs: 120 }, 'lost'];
    const rejected = sender.deliver(batch(id));
    while (resend.requests < 1) await setTimeout(5);
    await sender.deliver(batch(id));
    await rejected;
    expect(await sender.stored(id)).toMatchObject({ mail_first_try: start, mail_attempts: 2 });
  });

  test('keeps the first attempt of a lost request that started in the meantime', async () => {
    const id = await sender.notify();
    const delayed: Queryable = {
      async query(text, values) {
        if (text.includes('mail_attempts + 1')) await sender.deliver(batch(id));
        return database.pool.query(text, values as unknown[]);
      },
    };
    resend.turns = ['lost', { status: 429, name: 'rate_limit_exceeded' }];
    await sender.deliver(batch(id), { db: delayed });
    expect(await sender.stored(id)).toMatchObject({ mail_first_try: start, mail_attempts: 2 });
  });
});

/** Returns the URL of a port that nothing listens on. */
async function unusedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

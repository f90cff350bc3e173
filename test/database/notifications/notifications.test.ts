import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import {
  insertNotifications,
  markUnsent,
} from '../../../lambdas/notifications/notifications.queries.ts';
import type { Queryable } from '../../../lambdas/platform/postgres/database.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { batch, mailAddress, open, start, useSender } from '../../support/providers/mail-sender.ts';
import { useResendServer } from '../../support/providers/resend-server.ts';
import { useStdout } from '../../support/stdout.ts';

const database = useDatabase();
const resend = useResendServer();
const sender = useSender(database, resend);
const stdout = useStdout();
const logLines = () => stdout.filter(({ message }) => message === 'Mail processed');

describe('inserting notifications', () => {
  test('stores one notification for the same event, person and kind', async () => {
    const row = {
      userId: sender.userId,
      kind: 'asset.ready',
      params: {},
      source: 'mux',
      eventId: randomUUID(),
      assetId: null,
    };
    const rows = [randomUUID(), randomUUID()].map((id) => ({ ...row, id, createdAt: start }));
    await insertNotifications(database.pool, rows);
    await insertNotifications(database.pool, rows.toReversed());
    const { rows: found } = await database.pool.query(
      'select id from portal.notifications where event_id = $1',
      [row.eventId],
    );
    expect(found).toEqual([{ id: rows[0]?.id }]);
  });

  test('issues no query for an empty list', async () => {
    const query = () => Promise.reject(new Error('queried'));
    await expect(insertNotifications({ query }, [])).resolves.toBeUndefined();
  });

  test('replaces characters that jsonb rejects', async () => {
    const id = await sender.notify({ params: { title: 'a\0b\uD83D' } });
    expect(await sender.stored(id)).toMatchObject({
      params: { title: 'a\uFFFDb\uFFFD' },
      created_at: start,
    });
  });
});

describe('sending one mail for a notification', () => {
  test('sends the mail to the user with the notification id as key and tag', async () => {
    const id = await sender.notify();
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.mails).toHaveLength(1);
    expect(resend.mails[0]).toMatchObject({
      key: id,
      payload: { to: mailAddress, from: 'Portal <portal@example.org>' },
    });
    expect(resend.mails[0]?.payload.tags).toEqual([
      { name: 'notification_id', value: id },
      { name: 'kind', value: 'asset-ready' },
    ]);
    const state = {
      mail_status: 'sent',
      resend_email_id: resend.mails[0]?.id,
      mail_attempts: 1,
      mail_error: null,
    };
    expect(await sender.stored(id)).toMatchObject({
      ...state,
      sent_at: start,
      mail_first_try: start,
    });
  });

  test('does not call Resend for a repeated message, in one batch or later', async () => {
    const id = await sender.notify();
    expect(await sender.deliver(batch(id, id))).toEqual(open());
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.requests).toBe(1);
    expect(logLines().map(({ outcome }) => outcome)).toEqual([
      'sent',
      'already-sent',
      'already-sent',
    ]);
  });

  test('changes nothing for a message that is repeated a day later', async () => {
    const id = await sender.notify();
    await sender.deliver(batch(id));
    sender.hoursLater(25);
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(logLines().map(({ outcome }) => outcome)).toEqual(['sent', 'already-sent']);
  });

  test('does not call Resend after a concurrent message sent the mail', async () => {
    const id = await sender.notify();
    const delayed: Queryable = {
      async query(text, values) {
        if (text.includes('mail_attempts + 1')) await sender.deliver(batch(id));
        return database.pool.query(text, values as unknown[]);
      },
    };
    expect(await sender.deliver(batch(id), { db: delayed })).toEqual(open());
    expect(resend.requests).toBe(1);
    expect(await sender.stored(id)).toMatchObject({ mail_attempts: 1 });
  });

  test('sends one mail for concurrent messages and returns the others to the queue', async () => {
    const id = await sender.notify();
    resend.accepting = receivedRequests(8);
    await Promise.all(
      Array.from({ length: 8 }, () => sender.deliver(batch(id), { timeoutMs: 5_000 })),
    );
    const outcomes = logLines().map(({ outcome, code }) => code ?? outcome);
    expect(outcomes.toSorted()).toEqual([
      ...Array(7).fill('concurrent_idempotent_requests'),
      'sent',
    ]);
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.mails).toHaveLength(1);
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'sent',
      resend_email_id: resend.mails[0]?.id,
    });
  });

  test('sends one mail when the database fails before the result is recorded', async () => {
    const id = await sender.notify();
    const failing: Queryable = {
      query: (text, values) =>
        text.includes("'sent', resend_email_id")
          ? Promise.reject(new Error('The connection was lost.'))
          : database.pool.query(text, values as unknown[]),
    };
    expect(await sender.deliver(batch(id), { db: failing })).toEqual(open('m0'));
    expect(await sender.stored(id)).toMatchObject({ mail_status: 'pending' });
    sender.hoursLater(22);
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.mails).toHaveLength(1);
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'sent',
      resend_email_id: resend.mails[0]?.id,
      mail_attempts: 2,
    });
  });

  test.each(['lost', 'silent'] as const)('sends one mail when the response is %s', async (turn) => {
    const id = await sender.notify();
    resend.turns = [turn];
    expect(await sender.deliver(batch(id))).toEqual(open('m0'));
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.requests).toBe(2);
    expect(resend.mails).toHaveLength(1);
  });

  test('records a mail as sent if its payload changed after a lost response', async () => {
    const id = await sender.notify();
    resend.turns = ['lost'];
    await sender.deliver(batch(id));
    expect(await sender.deliver(batch(id), { portalUrl: 'https://moved.example' })).toEqual(open());
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'sent',
      sent_at: start,
      resend_email_id: null,
      mail_error: 'invalid_idempotent_request: Rejected: invalid_idempotent_request.',
    });
    expect(resend.mails).toHaveLength(1);
    expect(logLines().at(-1)).toMatchObject({
      level: 'WARN',
      outcome: 'sent-unconfirmed',
      code: 'invalid_idempotent_request',
    });
    expect(stdout.filter(({ outcome }) => outcome === 'sent-unconfirmed')).toContainEqual(
      expect.objectContaining({ Mails: 1 }),
    );
  });

  test('fails a mail whose key was used although no attempt is open', async () => {
    const id = await sender.notify();
    resend.turns = [{ status: 409, name: 'invalid_idempotent_request' }];
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(await sender.stored(id)).toMatchObject({ mail_status: 'failed' });
  });
});

describe('permanent failures', () => {
  test('record the reason of a rejected mail and continue with the batch', async () => {
    const [rejected, other] = [await sender.notify(), await sender.notify()];
    resend.turns = [{ status: 422, name: 'validation_error' }];
    expect(await sender.deliver(batch(rejected, other))).toEqual(open());
    expect(await sender.stored(rejected)).toMatchObject({
      mail_status: 'failed',
      mail_error: 'validation_error: Rejected: validation_error.',
    });
    expect(await sender.stored(other)).toMatchObject({ mail_status: 'sent' });
  });

  test('keep the status of a mail that is no longer pending', async () => {
    const [suppressed, sent] = [await sender.notify(), await sender.notify()];
    await markUnsent(database.pool, suppressed, 'suppressed', 'bounced before');
    await sender.deliver(batch(suppressed, sent));
    expect(await markUnsent(database.pool, sent, 'failed', 'too late')).toBe(false);
    expect(resend.mails.map(({ key }) => key)).toEqual([sent]);
    expect(await sender.stored(suppressed)).toMatchObject({
      mail_status: 'suppressed',
      mail_error: 'bounced before',
    });
    expect(await sender.stored(sent)).toMatchObject({ mail_status: 'sent', mail_error: null });
  });
});

test('keeps the suppression of an address that was suppressed during the request', async () => {
  const id = await sender.notify();
  resend.accepting = receivedRequests(1).then(() =>
    markUnsent(database.pool, id, 'suppressed', 'bounced before'),
  );
  expect(await sender.deliver(batch(id), { timeoutMs: 5_000 })).toEqual(open());
  expect(await sender.stored(id)).toMatchObject({
    mail_status: 'suppressed',
    resend_email_id: null,
  });
});

test('writes one log line and one metric for each mail, without address and title', async () => {
  const ids = [await sender.notify(), await sender.notify({ kind: 'none' }), await sender.notify()];
  resend.turns = [{ status: 422, name: 'validation_error' }];
  sender.hoursLater(1);
  await sender.deliver(batch(...ids));
  expect(logLines().map(({ notificationId }) => notificationId)).toEqual(ids);
  expect(
    stdout
      .filter(({ Mails }) => Mails === 1)
      .map((line) => [line['outcome'], line['MailAgeSeconds']]),
  ).toEqual([
    ['failed', 3_600],
    ['deferred', 3_600],
    ['sent', 3_600],
  ]);
  expect(JSON.stringify(stdout)).not.toMatch(/\bada\b|lovelace|example\.org|Launch/i);
});

/** Waits until Resend has received this number of requests. */
async function receivedRequests(requests: number): Promise<void> {
  while (resend.requests < requests) await setTimeout(5);
}

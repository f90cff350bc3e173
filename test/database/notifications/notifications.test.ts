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
const lines = () => stdout.filter(({ message }) => message === 'mail');

describe('inserting notifications', () => {
  test('the same event notifies the same person of the same kind once', async () => {
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

  test('none is no statement', async () => {
    const query = () => Promise.reject(new Error('queried'));
    await expect(insertNotifications({ query }, [])).resolves.toBeUndefined();
  });

  test('a text that jsonb refuses is stored all the same', async () => {
    const id = await sender.notify({ params: { title: 'a\0b\uD83D' } });
    expect(await sender.stored(id)).toMatchObject({
      params: { title: 'a\uFFFDb\uFFFD' },
      created_at: start,
    });
  });
});

describe('one mail for a notification', () => {
  test('is sent to its person, with its id as key and tag', async () => {
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

  test('a message that comes again, in the same batch or later, calls Resend no more', async () => {
    const id = await sender.notify();
    expect(await sender.deliver(batch(id, id))).toEqual(open());
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.requests).toBe(1);
    expect(lines().map(({ outcome }) => outcome)).toEqual(['sent', 'already-sent', 'already-sent']);
  });

  test('a message that comes again a day later changes nothing', async () => {
    const id = await sender.notify();
    await sender.deliver(batch(id));
    sender.hoursLater(25);
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(lines().map(({ outcome }) => outcome)).toEqual(['sent', 'already-sent']);
  });

  test('a delivery that another one overtakes does not call Resend', async () => {
    const id = await sender.notify();
    const overtaken: Queryable = {
      async query(text, values) {
        if (text.includes('mail_attempts + 1')) await sender.deliver(batch(id));
        return database.pool.query(text, values as unknown[]);
      },
    };
    expect(await sender.deliver(batch(id), { db: overtaken })).toEqual(open());
    expect(resend.requests).toBe(1);
    expect(await sender.stored(id)).toMatchObject({ mail_attempts: 1 });
  });

  test('messages delivered at the same time make one mail, and those that lost the race come again', async () => {
    const id = await sender.notify();
    resend.accepting = allOf(8);
    await Promise.all(
      Array.from({ length: 8 }, () => sender.deliver(batch(id), { timeoutMs: 5_000 })),
    );
    const outcomes = lines().map(({ outcome, code }) => code ?? outcome);
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

  test('a database that fails between the answer and its record leaves one mail', async () => {
    const id = await sender.notify();
    const failing: Queryable = {
      query: (text, values) =>
        text.includes("'sent', resend_email_id")
          ? Promise.reject(new Error('The server is gone.'))
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

  test.each(['lost', 'silent'] as const)('an answer that is %s leaves one mail', async (turn) => {
    const id = await sender.notify();
    resend.turns = [turn];
    expect(await sender.deliver(batch(id))).toEqual(open('m0'));
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.requests).toBe(2);
    expect(resend.mails).toHaveLength(1);
  });

  test('a key that was used with other words is final', async () => {
    const id = await sender.notify();
    resend.turns = ['lost'];
    await sender.deliver(batch(id));
    expect(await sender.deliver(batch(id), { portalUrl: 'https://moved.example' })).toEqual(open());
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'failed',
      mail_error: 'invalid_idempotent_request: Refused: invalid_idempotent_request.',
    });
    expect(resend.mails).toHaveLength(1);
  });
});

describe('what is final', () => {
  test.each([
    ['asset.deleted', {}, 'unknown-kind: No template for asset.deleted.'],
    ['asset.ready', { assetId: 7 }, 'unreadable-params: assetId: invalid_type.'],
  ])('%s with %j never reaches Resend', async (kind, params, error) => {
    const id = await sender.notify({ kind, params });
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'failed',
      mail_error: error,
      mail_attempts: 0,
    });
    expect(resend.requests).toBe(0);
  });

  test('a mail that Resend refuses is failed with its reason, and the rest goes on', async () => {
    const [refused, other] = [await sender.notify(), await sender.notify()];
    resend.turns = [{ status: 422, name: 'validation_error' }];
    expect(await sender.deliver(batch(refused, other))).toEqual(open());
    expect(await sender.stored(refused)).toMatchObject({
      mail_status: 'failed',
      mail_error: 'validation_error: Refused: validation_error.',
    });
    expect(await sender.stored(other)).toMatchObject({ mail_status: 'sent' });
  });

  test('what is settled stays as it is', async () => {
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

test('an address that is suppressed while its mail is under way stays suppressed', async () => {
  const id = await sender.notify();
  resend.accepting = allOf(1).then(() =>
    markUnsent(database.pool, id, 'suppressed', 'bounced before'),
  );
  expect(await sender.deliver(batch(id), { timeoutMs: 5_000 })).toEqual(open());
  expect(await sender.stored(id)).toMatchObject({
    mail_status: 'suppressed',
    resend_email_id: null,
  });
});

test('every mail has one line and one metric, and neither holds an address or a title', async () => {
  const ids = [await sender.notify(), await sender.notify({ kind: 'none' }), await sender.notify()];
  resend.turns = [{ status: 422, name: 'validation_error' }];
  await sender.deliver(batch(...ids));
  expect(lines().map(({ notificationId }) => notificationId)).toEqual(ids);
  expect(stdout.filter(({ Mails }) => Mails === 1).map(({ outcome }) => outcome)).toEqual([
    'failed',
    'failed',
    'sent',
  ]);
  expect(JSON.stringify(stdout)).not.toMatch(/\bada\b|lovelace|example\.org|Launch/i);
});

/** Until so many requests have come to Resend. */
async function allOf(requests: number): Promise<void> {
  while (resend.requests < requests) await setTimeout(5);
}

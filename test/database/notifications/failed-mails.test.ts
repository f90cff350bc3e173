import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FailedMail } from '../../../lambdas/notifications/failed-mails.queries.ts';
import { makeMailCommands } from '../../../lambdas/operations/commands/mail-commands.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { batch, mailAddress, open, start, useSender } from '../../support/providers/mail-sender.ts';
import { useResendServer } from '../../support/providers/resend-server.ts';
import { useStdout } from '../../support/stdout.ts';

const database = useDatabase();
const resend = useResendServer();
const sender = useSender(database, resend);
useStdout();

const commands = makeMailCommands({ pool: async () => database.pool, now: () => sender.at });
const OPERATOR = 'arn:aws:iam::123456789012:user/ines';

beforeEach(async () => {
  await database.pool.query('truncate portal.notifications, portal.outbox cascade');
});

async function aFailedMail(): Promise<string> {
  const id = await sender.notify();
  resend.turns = [{ status: 422, name: 'validation_error' }];
  await sender.deliver(batch(id));
  return id;
}

async function list(given: { limit?: number; cursor?: string } = {}) {
  const result = await commands['mails list']({ status: 'failed', limit: 50, ...given }, OPERATOR);
  return result as { mails: readonly FailedMail[]; cursor: string | undefined };
}

const resendMail = (notification: string, dryRun = false) =>
  commands['mails resend']({ notification, dryRun, reason: 'fixed the template' }, OPERATOR);

const outbox = async () =>
  (await database.pool.query('select id, type, detail from portal.outbox order by created_at'))
    .rows;

describe('mails list', () => {
  test('shows failed and abandoned mails with their error', async () => {
    const failed = await aFailedMail();
    const abandoned = await sender.notify();
    await sender.deliver(batch(await sender.notify()));
    sender.hoursLater(73);
    await sender.deliver(batch(abandoned));

    const { mails, cursor } = await list();

    expect(cursor).toBeUndefined();
    expect(new Map(mails.map(({ id, error }) => [id, error]))).toEqual(
      new Map([
        [failed, 'validation_error: Rejected: validation_error.'],
        [abandoned, 'abandoned: not sent within 3 days'],
      ]),
    );
    expect(mails.find(({ id }) => id === failed)).toMatchObject({
      kind: 'asset.ready',
      email: mailAddress,
      attempts: 1,
      createdAt: start,
      maybeSent: false,
    });
  });

  test('pages through all mails', async () => {
    const ids = [await aFailedMail(), await aFailedMail(), await aFailedMail()];
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.cursor ?? '' });
    expect(first.mails).toHaveLength(2);
    expect(new Set([...first.mails, ...second.mails].map(({ id }) => id))).toEqual(new Set(ids));
    expect(second.cursor).toBeUndefined();
  });

  test('reads the index of failed mails', async () => {
    const client = await database.pool.connect();
    await client.query('begin; set local enable_seqscan = off; set local enable_sort = off');
    const { rows } = await client.query(
      `explain select id from portal.notifications where mail_status = 'failed'
        order by created_at desc, id desc limit 50`,
    );
    await client.query('rollback');
    client.release();
    expect(JSON.stringify(rows)).toContain('notifications_failed_idx');
  });
});

describe('mails resend', () => {
  test('sends a failed mail under a new key, also after three days', async () => {
    const id = await aFailedMail();
    sender.hoursLater(100);

    expect(await resendMail(id)).toMatchObject({ resent: { id, resends: 1 } });

    expect(await outbox()).toMatchObject([
      { type: 'notification.requested', detail: { notificationId: id } },
    ]);
    expect(await sender.deliver(batch(id))).toEqual(open());
    expect(resend.mails.map(({ key }) => key)).toEqual([`${id}-1`]);
    expect(await sender.stored(id)).toMatchObject({ mail_status: 'sent', mail_error: null });
    expect((await list()).mails).toEqual([]);
  });

  test('requests a mail again that failed twice', async () => {
    const id = await aFailedMail();
    for (const resends of [1, 2]) {
      expect(await resendMail(id)).toMatchObject({ resent: { resends } });
      resend.turns = [{ status: 422, name: 'validation_error' }];
      await sender.deliver(batch(id));
    }
    expect(new Set((await outbox()).map((entry) => entry.id)).size).toBe(2);
  });

  test('states that a mail with an unknown outcome may arrive twice', async () => {
    const id = await sender.notify();
    resend.turns = ['lost'];
    await sender.deliver(batch(id));
    sender.hoursLater(24);
    await sender.deliver(batch(id));
    expect(await resendMail(id)).toMatchObject({
      resent: { error: 'outcome-unknown', maybeSent: true },
    });
  });

  test('changes nothing as a dry run', async () => {
    const id = await aFailedMail();
    const before = await sender.stored(id);
    expect(await resendMail(id, true)).toMatchObject({ wouldResend: { id } });
    expect(await sender.stored(id)).toEqual(before);
    expect(await outbox()).toEqual([]);
  });

  test('finds neither a sent, nor a pending, nor an unknown mail', async () => {
    const [sent, pending] = [await sender.notify(), await sender.notify()];
    await sender.deliver(batch(sent));
    for (const id of [sent, pending, randomUUID()]) {
      expect(await resendMail(id)).toBeUndefined();
      expect(await resendMail(id, true)).toBeUndefined();
    }
    expect(await outbox()).toEqual([]);
  });

  test('requests a mail once when two operators resend it', async () => {
    const id = await aFailedMail();
    const results = await Promise.all([resendMail(id), resendMail(id)]);
    expect(results.filter((result) => result !== undefined)).toHaveLength(1);
    expect(await outbox()).toHaveLength(1);
  });
});

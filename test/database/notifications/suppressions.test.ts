import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  findSuppression,
  liftSuppression,
} from '../../../lambdas/notifications/email-suppressions.queries.ts';
import { insertNotifications } from '../../../lambdas/notifications/notifications.queries.ts';
import type { Queryable } from '../../../lambdas/platform/postgres/database.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aResendProcessor } from '../../support/processor.ts';
import { batch, mailAddress, open, start, useSender } from '../../support/providers/mail-sender.ts';
import {
  aBounce,
  aResendEvent,
  aResendRecord,
  type ResendEvent,
} from '../../support/providers/resend-events.ts';
import { useResendServer } from '../../support/providers/resend-server.ts';
import { useStdout } from '../../support/stdout.ts';

const database = useDatabase();
const resend = useResendServer();
const sender = useSender(database, resend);
const stdout = useStdout();

beforeEach(async () => {
  await database.pool.query(
    'truncate portal.email_incidents, portal.email_suppressions, portal.notifications cascade',
  );
});

const minutesLater = (minutes: number) =>
  new Date(start.getTime() + minutes * 60_000).toISOString();

/** Sends a mail to Ada and returns its identifiers. */
async function aSentMail() {
  const notificationId = await sender.notify();
  await sender.deliver(batch(notificationId));
  return {
    notificationId,
    emailId: String((await sender.stored(notificationId))['resend_email_id']),
    to: mailAddress,
  };
}

async function apply(...events: readonly ResendEvent[]): Promise<void> {
  const processor = aResendProcessor(database.pool, { now: () => sender.at });
  for (const event of events) expect(await processor.process([aResendRecord(event)])).toEqual([]);
}

const isSuppressed = async () => (await findSuppression(database.pool, mailAddress)) !== undefined;

describe('a mail to a suppressed address', () => {
  test('is not sent, and one statement records the suppression', async () => {
    await apply(aResendEvent('email.complained', await aSentMail(), { at: minutesLater(1) }));
    const id = await sender.notify();
    const [requests, statements] = [resend.requests, [] as string[]];
    const db: Queryable = {
      query: (text, values) => {
        statements.push(text);
        return database.pool.query(text, values as unknown[]);
      },
    };

    expect(await sender.deliver(batch(id), { db })).toEqual(open());

    expect(resend.requests).toBe(requests);
    expect(statements).toHaveLength(3);
    expect(await sender.stored(id)).toMatchObject({
      mail_status: 'suppressed',
      mail_error: 'complaint',
      mail_attempts: 0,
      mail_first_try: null,
    });
    expect(stdout).toContainEqual(
      expect.objectContaining({ message: 'Mail processed', outcome: 'suppressed' }),
    );
    expect(await sender.deliver(batch(id))).toEqual(open());
  });

  test('is not sent for another spelling of the address or without an account', async () => {
    await apply(aResendEvent('email.complained', await aSentMail(), { at: minutesLater(1) }));
    const id = randomUUID();
    const event = {
      kind: 'asset.ready',
      params: {},
      source: 'test',
      eventId: id,
      assetId: null,
      createdAt: start,
    };
    await insertNotifications(database.pool, [
      { id, recipient: 'Ada <ADA.Lovelace@Example.ORG>', ...event },
    ]);

    await sender.deliver(batch(id));

    expect(await sender.stored(id)).toMatchObject({ mail_status: 'suppressed' });
    expect(stdout).toContainEqual(expect.objectContaining({ OperationalMailsSuppressed: 1 }));
  });

  test('is not retried after an earlier attempt was rejected', async () => {
    const mail = await aSentMail();
    const id = await sender.notify();
    resend.turns.push({ status: 429, name: 'rate_limit_exceeded' });
    expect(await sender.deliver(batch(id))).toEqual(open());
    await apply(aResendEvent('email.complained', mail, { at: minutesLater(1) }));
    const { requests } = resend;

    expect(await sender.deliver(batch(id))).toEqual(open());

    expect(resend.requests).toBe(requests);
    expect(await sender.stored(id)).toMatchObject({ mail_status: 'suppressed' });
  });
});

test('a mail records the canonical address that it was sent to', async () => {
  const { notificationId } = await aSentMail();
  expect(await sender.stored(notificationId)).toMatchObject({ sent_to: mailAddress });
});

describe('lifting a suppression', () => {
  const lift = (minutes: number, address = mailAddress) =>
    liftSuppression(database.pool, {
      address,
      by: 'ines',
      at: new Date(minutesLater(minutes)),
      wasListed: false,
    });

  test('returns the suppression, records operator and time, and allows mails again', async () => {
    const complaint = aResendEvent('email.complained', await aSentMail(), { at: minutesLater(1) });
    await apply(complaint);

    expect(await lift(5, ` ${mailAddress.toUpperCase()} `)).toEqual({
      address: mailAddress,
      reason: 'complaint',
      origin: 'portal',
      since: start,
      source: 'resend',
      eventId: complaint.id,
    });

    const { rows } = await database.pool.query('select * from portal.email_suppressions');
    expect(rows).toMatchObject([
      {
        suppressed: false,
        reason: 'complaint',
        lifted_by: 'ines',
        lifted_at: new Date(minutesLater(5)),
      },
    ]);
    const id = await sender.notify();
    await sender.deliver(batch(id));
    expect(await sender.stored(id)).toMatchObject({ mail_status: 'sent' });
  });

  test('does nothing for an address that is not suppressed or no longer suppressed', async () => {
    expect(await lift(1)).toBeUndefined();
    await apply(aResendEvent('email.complained', await aSentMail(), { at: minutesLater(1) }));
    await lift(5);
    expect(await lift(6)).toBeUndefined();
    const { rows } = await database.pool.query('select lifted_at from portal.email_suppressions');
    expect(rows).toEqual([{ lifted_at: new Date(minutesLater(5)) }]);
  });

  test('restarts the count: earlier incidents do not count, even if reported later', async () => {
    const mail = await aSentMail();
    const bounce = (minutes: number) => aBounce(mail, 'Permanent', { at: minutesLater(minutes) });
    await apply(bounce(1), bounce(2));
    await lift(5);

    await apply(
      bounce(3),
      bounce(4),
      bounce(5),
      aResendEvent('email.complained', mail, { at: minutesLater(4) }),
    );
    expect(await isSuppressed()).toBe(false);
    await apply(bounce(6));
    expect(await isSuppressed()).toBe(false);
    await apply(bounce(7));
    expect(await isSuppressed()).toBe(true);
  });

  test('notifies support again when the address is suppressed again', async () => {
    const mail = await aSentMail();
    await apply(aResendEvent('email.complained', mail, { at: minutesLater(1) }));
    await lift(5);
    await apply(aResendEvent('email.complained', mail, { at: minutesLater(6) }));

    const { rows } = await database.pool.query(
      `select kind from portal.notifications where kind = 'address.suppressed'`,
    );
    expect(rows).toHaveLength(2);
  });
});

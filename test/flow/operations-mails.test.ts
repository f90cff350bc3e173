import { expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { deliver, useLocal } from '../support/local.ts';
import { auditedActions, createReadyEvent, operateOn } from '../support/operator-commands.ts';

const local = useLocal();
const operate = (command: string, given: object = {}) => operateOn(local(), command, given);

test('lists a suppressed address until the suppression is lifted', async () => {
  const address = 'somebody@example.org';
  await local().pool.query(
    `insert into portal.email_suppressions
       (address, suppressed, reason, since, source, event_id)
     values ($1, true, 'complaint', now(), 'resend', 'e')`,
    [address],
  );
  expect((await operate('suppressions list'))['suppressions']).toMatchObject([
    { address, reason: 'complaint' },
  ]);

  const lifted = await operate('suppressions lift', {
    address: 'Somebody@Example.org',
    reason: 'they asked for it',
  });
  expect(lifted).toMatchObject({ portal: 'lifted', resend: 'not-listed' });

  expect((await operate('suppressions list'))['suppressions']).toEqual([]);
  expect(await operate('suppressions lift', { address, reason: 'a second time' })).toEqual({
    portal: 'not-suppressed',
    resend: 'not-listed',
  });
});

test('resends a failed mail, which the sender sends under a new key', async () => {
  const { inspect, pool, resend, scheduler } = local();
  const event = await createReadyEvent(local());
  await deliver(local(), event);
  const id = String((await inspect('mux', event.id)).notifications[0]?.id);
  await pool.query(
    `update portal.notifications set mail_status = 'failed', mail_error = 'outcome-unknown'
        where id = $1::uuid`,
    [id],
  );
  expect((await operate('mails list'))['mails']).toMatchObject([{ id, error: 'outcome-unknown' }]);

  await operate('mails resend', { notification: id, reason: 'not in the dashboard' });
  // The relay leaves entries of the last 10 s to the process that wrote them.
  await pool.query(`update portal.outbox set created_at = now() - interval '1 minute'
                       where published_at is null`);
  expect(scheduler.runNow('JobsRelayOutboxJob')).toBe(true);

  const keys = () => resend.mails().map(({ idempotencyKey }) => idempotencyKey);
  expect(await eventually(keys, (sent) => sent.includes(`${id}-1`))).toContain(`${id}-1`);
  expect((await operate('mails list'))['mails']).toEqual([]);
  expect(await auditedActions(local(), 'mails resend')).toMatchObject([
    {
      reason: 'not in the dashboard',
      arguments: { notification: id },
      result: { resent: { id } },
    },
  ]);
});

import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { addAsset } from '../../../local/postgres/sample-portal.ts';
import { muxEvent } from '../../../local/sandbox/mux-events.ts';
import { resendEvent } from '../../../local/sandbox/resend-events.ts';
import { eventually } from '../../support/eventually.ts';
import { useLocal } from '../../support/local.ts';
import { auditedActions, operateOn } from '../../support/operator-commands.ts';

const local = useLocal();
const before = (minutes: number) => new Date(Date.now() - minutes * 60_000);

/** Runs a job by an operator's command, and waits for its result. */
async function runJob(name: string) {
  await operateOn(local(), 'jobs run', { name, reason: 'a test of lost deliveries' });
  const { rows } = await eventually(
    () =>
      local().pool.query(
        `select status, counts from portal.job_runs where job = $1
         order by started_at desc limit 1`,
        [name],
      ),
    ({ rows: [run] }) => run !== undefined && run.status !== 'running',
  );
  return rows[0];
}

test('the deployed job recovers a video and a mail event that were never delivered', async () => {
  const { pool, mux, resend } = local();
  const asset = await addAsset(pool, { status: 'processing' });
  await pool.query('update portal.assets set created_at = $2, status_at = $2 where id = $1', [
    asset.passthrough,
    before(60),
  ]);
  mux.faults.plan({ dropPercent: 100 });
  resend.faults.plan({ dropPercent: 100 });
  await mux.deliver(muxEvent('video.asset.ready', asset, before(50)));
  const mail = {
    id: randomUUID(),
    from: 'portal@example.org',
    to: ['delivered@resend.dev'],
    subject: 'Ready',
    at: before(50),
    tags: [],
  };
  const lost = resendEvent('email.delivered', mail, before(49));
  await resend.deliver(lost);
  mux.faults.plan({});
  resend.faults.plan({});
  resend.endpoint.update({ status: 'disabled' });

  expect(await runJob('reconcile')).toMatchObject({
    status: 'succeeded',
    counts: { MissedEventsRecovered: 2, RecoveriesFailed: 0 },
  });

  const status = () =>
    pool.query('select status from portal.assets where id = $1', [asset.passthrough]);
  expect((await eventually(status, ({ rows: [row] }) => row.status === 'ready')).rows).toEqual([
    { status: 'ready' },
  ]);
  const origin = () =>
    pool.query('select origin from portal.webhook_events where event_id = $1', [lost.id]);
  await eventually(origin, ({ rows: [row] }) => row?.origin === 'reconciled');
  const given = { provider: 'resend', event: lost.id };
  expect(await operateOn(local(), 'events show', given)).toMatchObject({ origin: 'reconciled' });
  expect(await operateOn(local(), 'reconciliation show')).toMatchObject({
    providers: [
      { provider: 'mux', recoveredInDay: 1, open: 0 },
      { provider: 'resend', recoveredInDay: 1, open: 0 },
    ],
  });
});

test('a disabled webhook is found by the hourly job and enabled by a command', async () => {
  const { muxWebhooks, resend } = local();
  for (const { id } of muxWebhooks.all()) muxWebhooks.update(id, { enabled: false });
  resend.endpoint.update({ status: 'disabled' });
  expect(await runJob('check-endpoints')).toMatchObject({
    status: 'succeeded',
    counts: { EndpointFaults: 2 },
  });

  const given = { provider: 'mux', reason: 'enable it again' };
  await operateOn(local(), 'endpoints repair', { ...given, dryRun: true });
  expect(muxWebhooks.all().map(({ enabled }) => enabled)).toEqual([false]);
  for (const provider of ['mux', 'resend'])
    expect(await operateOn(local(), 'endpoints repair', { ...given, provider })).toMatchObject({
      performed: true,
      remaining: [],
    });

  expect(await operateOn(local(), 'endpoints show')).toMatchObject({
    endpoints: [{ status: 'ok' }, { status: 'ok' }],
  });
  expect(await auditedActions(local(), 'endpoints repair')).toHaveLength(2);
});

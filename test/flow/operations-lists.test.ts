import { expect, test } from '@jest/globals';
import { makeRunCommand } from '../../cli/ops/operations-client.ts';
import { addAsset } from '../../local/postgres/sample-portal.ts';
import { eventually } from '../support/eventually.ts';
import { deliver, eventOf, useLocal } from '../support/local.ts';

const local = useLocal();

const operate = (command: string, given: object = {}) =>
  makeRunCommand({ url: local().url, region: 'ap-southeast-2', isLocal: true })({
    command,
    arguments: given,
  } as never);

async function createReadyEvent() {
  return eventOf(await addAsset(local().pool, { status: 'processing' }), 'video.asset.ready');
}

const auditedActions = async (command: string) =>
  (
    await local().pool.query(
      'select operator, reason, arguments, result from portal.operator_actions where command = $1',
      [command],
    )
  ).rows;

test('counts events in a dry run, changes nothing and writes no audit record', async () => {
  await deliver(local(), await createReadyEvent());
  const before = (await auditedActions('events replay')).length;

  await expect(operate('events replay', { status: 'processed', dryRun: true })).resolves.toEqual({
    matching: expect.any(Number),
    replayed: 0,
  });

  expect((await auditedActions('events replay')).length).toBe(before);
});

test('records the operator who ran a job', async () => {
  await operate('jobs run', { name: 'relay-outbox' });

  const run = async () =>
    ((await operate('jobs list'))['jobs'] as { name: string; last?: string; by?: string }[]).find(
      ({ name }) => name === 'relay-outbox',
    );
  expect(await eventually(run, (one) => one?.last === 'succeeded')).toMatchObject({
    last: 'succeeded',
    by: expect.stringMatching(/local-operator$/),
  });
  expect(await auditedActions('jobs run')).toHaveLength(1);
});

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

test('lists the residency reports and verifies every file of their chain', async () => {
  await operate('jobs run', { name: 'report-residency' });
  const listed = async () =>
    (await operate('residency list'))['reports'] as { week: string; sha256: string }[];
  const [report] = await eventually(listed, (reports) => reports.length === 1);

  expect(await operate('residency verify')).toEqual({
    chain: 'intact',
    reports: 1,
    files: 3,
    head: { week: report?.week, sha256: report?.sha256 },
    problems: [],
    missingWeeks: [],
  });
  await local().pool.query(`update portal.residency_reports set sha256 = repeat('0', 64)`);
  expect(await operate('residency verify')).toMatchObject({
    chain: 'broken',
    problems: [{ week: report?.week }],
  });
});

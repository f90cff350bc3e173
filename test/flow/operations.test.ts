import { describe, expect, test } from '@jest/globals';
import { BadInputError, makeRunCommand, NotFoundError } from '../../cli/ops/operations-client.ts';
import { replayAll } from '../../cli/ops/replay.ts';
import { addAsset } from '../../local/postgres/sample-portal.ts';
import { eventually } from '../support/eventually.ts';
import { countEffects, deliver, eventOf, useLocal, waitForEmptyQueues } from '../support/local.ts';

const local = useLocal();
const TIMEOUT_MS = 60_000;

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

test(
  'shows everything that one event changed',
  async () => {
    const event = await createReadyEvent();
    await deliver(local(), event);

    const details = await operate('events show', { provider: 'mux', event: event.id });

    expect(details).toMatchObject({
      status: 'processed',
      stateChanges: [{ from: 'processing', to: 'ready', applied: true }],
      notifications: [{ kind: 'asset.ready', mail: 'sent', to: '***@resend.dev' }],
      domainEvents: [{ type: expect.any(String) }, { type: expect.any(String) }],
      body: { id: event.id },
    });
  },
  TIMEOUT_MS,
);

test('replays a processed event without repeating an effect', async () => {
  const event = await createReadyEvent();
  await deliver(local(), event);
  const before = await countEffects(local(), [event.id]);
  const claims = async () =>
    (
      await local().pool.query(
        `select count(*)::int as count from portal.idempotency_records
         where id like 'webhook-mux%'`,
      )
    ).rows[0].count;
  const claimsBefore = await claims();

  await expect(
    operate('events replay', {
      provider: 'mux',
      event: event.id,
      status: 'processed',
      reason: 'to be sure',
    }),
  ).resolves.toMatchObject({ replayed: 1 });

  // The replay has its own idempotency record, apart from the record of the first delivery.
  expect(await eventually(claims, (count) => count === claimsBefore + 1)).toBe(claimsBefore + 1);
  expect(await waitForEmptyQueues(local())).toEqual([]);
  expect(await countEffects(local(), [event.id])).toEqual(before);
  expect(before).toEqual({ ledger: 1, assetEvents: 1, notifications: 1, mails: 1 });
});

test(
  'replays exhausted events after a fix, and records the operator and the reason',
  async () => {
    const { pool } = local();
    const events = await Promise.all(Array.from({ length: 5 }, createReadyEvent));
    // Makes the events contradict the asset, which the fix below corrects.
    const { rows: assets } = await pool.query(
      'select id, mux_upload_id from portal.assets where mux_upload_id = any ($1)',
      [events.map(({ data }) => data['upload_id'])],
    );
    await pool.query(
      `update portal.assets set mux_asset_id = 'wrong-' || id, binding = 'upload'
       where id = any ($1)`,
      [assets.map(({ id }) => id)],
    );
    await Promise.all(events.map((event) => deliver(local(), event)));
    const exhausted = () =>
      operate('events list', { status: 'exhausted', code: 'contradictory-film' });
    expect((await exhausted())['events']).toHaveLength(5);
    await pool.query(
      'update portal.assets set mux_asset_id = null, binding = null where id = any ($1)',
      [assets.map(({ id }) => id)],
    );

    const request = {
      command: 'events replay',
      arguments: { code: 'contradictory-film', reason: 'uploads are fixed' },
    };
    const runCommand = makeRunCommand({
      url: local().url,
      region: 'ap-southeast-2',
      isLocal: true,
    });
    const progress: string[] = [];
    const options = {
      stage: undefined,
      apiUrl: undefined,
      json: false,
      rate: 2,
      request: request as never,
    };
    await expect(replayAll(runCommand, options, (line) => progress.push(line))).resolves.toEqual({
      matching: 5,
      replayed: 5,
    });

    expect(progress).toEqual(['2 of 5 replayed', '4 of 5 replayed', '5 of 5 replayed']);
    const wanted = { ledger: 5, assetEvents: 5, notifications: 5, mails: 5 };
    const traces = () =>
      countEffects(
        local(),
        events.map(({ id }) => id),
      );
    expect(await eventually(traces, ({ mails }) => mails >= 5)).toEqual(wanted);
    expect((await exhausted())['events']).toEqual([]);
    const audited = await auditedActions('events replay');
    expect(audited.filter(({ reason }) => reason === 'uploads are fixed')).toHaveLength(3);
    expect(audited[0]).toMatchObject({ operator: 'arn:aws:iam::000000000000:user/local-operator' });
  },
  TIMEOUT_MS,
);

describe('rejects', () => {
  test.each([
    ['an unknown command', 'events delete', {}, 'expected one of'],
    [
      'a bulk replay without a reason',
      'events replay',
      {},
      'required for a replay of more than one',
    ],
    ['an invalid time', 'events list', { since: 'yesterday' }, 'expected a time'],
    ['an unknown option', 'jobs list', { all: true }, 'all'],
  ])('%s', async (_, command, given, sentence) => {
    const rejected = operate(command, given);
    await expect(rejected).rejects.toThrow(BadInputError);
    await expect(rejected).rejects.toThrow(sentence);
  });

  test('an unknown event', async () => {
    await expect(operate('events show', { provider: 'mux', event: 'unknown' })).rejects.toThrow(
      NotFoundError,
    );
    await expect(operate('events replay', { provider: 'mux', event: 'unknown' })).rejects.toThrow(
      NotFoundError,
    );
  });

  test('an unsigned request', async () => {
    const response = await fetch(`${local().url}/api/v1/operations`, {
      method: 'POST',
      body: '{}',
    });
    expect(response.status).toBe(403);
  });
});

test(
  'resends a failed mail, which the sender sends under a new key',
  async () => {
    const { inspect, pool, resend, scheduler } = local();
    const event = await createReadyEvent();
    await deliver(local(), event);
    const id = String((await inspect('mux', event.id)).notifications[0]?.id);
    await pool.query(
      `update portal.notifications set mail_status = 'failed', mail_error = 'outcome-unknown'
        where id = $1::uuid`,
      [id],
    );
    expect((await operate('mails list'))['mails']).toMatchObject([
      { id, error: 'outcome-unknown' },
    ]);

    await operate('mails resend', { notification: id, reason: 'not in the dashboard' });
    // The relay leaves entries of the last 10 s to the process that wrote them.
    await pool.query(`update portal.outbox set created_at = now() - interval '1 minute'
                       where published_at is null`);
    expect(scheduler.runNow('JobsRelayOutboxJob')).toBe(true);

    const keys = () => resend.mails().map(({ idempotencyKey }) => idempotencyKey);
    expect(await eventually(keys, (sent) => sent.includes(`${id}-1`))).toContain(`${id}-1`);
    expect((await operate('mails list'))['mails']).toEqual([]);
    expect(await auditedActions('mails resend')).toMatchObject([
      {
        reason: 'not in the dashboard',
        arguments: { notification: id },
        result: { resent: { id } },
      },
    ]);
  },
  TIMEOUT_MS,
);

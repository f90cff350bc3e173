import { describe, expect, test } from '@jest/globals';
import { BadInputError, NotFoundError } from '../../cli/command-line/errors.ts';
import { replayAll } from '../../cli/ops/replay-all.ts';
import { eventually } from '../support/eventually.ts';
import { countEffects, deliver, useLocal, waitForEmptyQueues } from '../support/local.ts';
import {
  auditedActions,
  createReadyEvent,
  operateOn,
  runCommandOf,
} from '../support/operator-commands.ts';

const local = useLocal();
const operate = (command: string, given: object = {}) => operateOn(local(), command, given);

test('shows everything that one event changed', async () => {
  const event = await createReadyEvent(local());
  await deliver(local(), event);

  const details = await operate('events show', { provider: 'mux', event: event.id });

  expect(details).toMatchObject({
    status: 'processed',
    stateChanges: [{ from: 'processing', to: 'ready', applied: true }],
    notifications: [{ kind: 'asset.ready', mail: 'sent', to: '***@resend.dev' }],
    domainEvents: [{ type: expect.any(String) }, { type: expect.any(String) }],
    hasBody: true,
  });
  expect(details).not.toHaveProperty('body');
});

test('replays a processed event without repeating an effect', async () => {
  const event = await createReadyEvent(local());
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

test('replays exhausted events after a fix, and records the operator and the reason', async () => {
  const { pool } = local();
  const events = await Promise.all(Array.from({ length: 5 }, () => createReadyEvent(local())));
  // Binds the rows to other assets, which the events contradict until the fix below.
  const { rows: assets } = await pool.query(
    'select id, mux_upload_id from portal.assets where mux_upload_id = any ($1)',
    [events.map(({ data }) => data['upload_id'])],
  );
  const ids = assets.map(({ id }) => id);
  await pool.query(
    `update portal.assets set mux_asset_id = 'wrong-' || id, binding = 'upload'
        where id = any ($1)`,
    [ids],
  );
  await Promise.all(events.map((event) => deliver(local(), event)));
  const exhausted = () =>
    operate('events list', { status: 'exhausted', code: 'contradictory-film' });
  expect((await exhausted())['events']).toHaveLength(5);
  await pool.query(
    'update portal.assets set mux_asset_id = null, binding = null where id = any ($1)',
    [ids],
  );

  const given = { code: 'contradictory-film', reason: 'uploads are fixed' };
  const progress: string[] = [];
  const pace = { rate: 2, report: (line: string) => progress.push(line) };
  await expect(replayAll(runCommandOf(local()), given, pace)).resolves.toMatchObject({
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
  const audited = await auditedActions(local(), 'events replay');
  expect(audited.filter(({ reason }) => reason === 'uploads are fixed')).toHaveLength(3);
  expect(audited[0]).toMatchObject({ operator: 'arn:aws:iam::000000000000:user/local-operator' });
});

test('counts events in a dry run, changes nothing and writes no audit record', async () => {
  await deliver(local(), await createReadyEvent(local()));
  const before = (await auditedActions(local(), 'events replay')).length;

  await expect(operate('events replay', { status: 'processed', dryRun: true })).resolves.toEqual({
    matching: expect.any(Number),
    replayed: 0,
  });

  expect((await auditedActions(local(), 'events replay')).length).toBe(before);
});

describe('rejects', () => {
  test.each([
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

  test('an unknown command', async () => {
    await expect(operate('events delete')).rejects.toThrow(
      "The stage has no command 'events delete'.",
    );
  });

  test('an unsigned request', async () => {
    const response = await fetch(`${local().url}/api/v1/operations/events/list`, {
      method: 'POST',
      body: '{}',
    });
    expect(response.status).toBe(403);
  });
});

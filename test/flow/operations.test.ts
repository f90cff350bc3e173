import { describe, expect, test } from '@jest/globals';
import { BadInputError, makeCall, NotFoundError } from '../../cli/ops/operations-client.ts';
import { replayAll } from '../../cli/ops/replay.ts';
import { addFilm } from '../../local/postgres/sample-portal.ts';
import { eventually } from '../support/eventually.ts';
import { deliver, eventOf, leftInQueues, tracesOf, useLocal } from '../support/local.ts';

const local = useLocal();
const JOURNEY_MS = 60_000;

const operate = (command: string, given: object = {}) =>
  makeCall({ url: local().url, region: 'ap-southeast-2', isLocal: true })({
    command,
    arguments: given,
  } as never);

async function aReadyEvent() {
  return eventOf(await addFilm(local().pool, { status: 'processing' }), 'video.asset.ready');
}

const actions = async (command: string) =>
  (
    await local().pool.query(
      'select operator, reason, arguments, result from portal.operator_actions where command = $1',
      [command],
    )
  ).rows;

test(
  'what one event did is told in one look',
  async () => {
    const event = await aReadyEvent();
    await deliver(local(), event);

    const story = await operate('events show', { provider: 'mux', event: event.id });

    expect(story).toMatchObject({
      status: 'processed',
      stateChanges: [{ from: 'processing', to: 'ready', applied: true }],
      notifications: [{ kind: 'asset.ready', mail: 'sent', to: '***@resend.dev' }],
      domainEvents: [{ type: expect.any(String) }, { type: expect.any(String) }],
      body: { id: event.id },
    });
  },
  JOURNEY_MS,
);

test('a replay of a processed event is applied and changes nothing twice', async () => {
  const event = await aReadyEvent();
  await deliver(local(), event);
  const before = await tracesOf(local(), [event.id]);
  const claims = async () =>
    (
      await local().pool.query(
        `select count(*)::int as count from portal.idempotency_records where id like 'webhook-mux%'`,
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

  // It was claimed for itself, and not taken for the delivery that came before.
  expect(await eventually(claims, (count) => count === claimsBefore + 1)).toBe(claimsBefore + 1);
  expect(await leftInQueues(local())).toEqual([]);
  expect(await tracesOf(local(), [event.id])).toEqual(before);
  expect(before).toEqual({ ledger: 1, assetEvents: 1, notifications: 1, mails: 1 });
});

test(
  'after a fix, exhausted events are replayed, and who did it and why is on record',
  async () => {
    const { pool } = local();
    const events = await Promise.all(Array.from({ length: 5 }, aReadyEvent));
    // What a fix would mend: Mux's film is known by another upload.
    const { rows: films } = await pool.query(
      'select id, mux_upload_id from portal.assets where mux_upload_id = any ($1)',
      [events.map(({ data }) => data['upload_id'])],
    );
    await pool.query(`update portal.assets set mux_asset_id = 'wrong-' || id where id = any ($1)`, [
      films.map(({ id }) => id),
    ]);
    await Promise.all(events.map((event) => deliver(local(), event)));
    const exhausted = () =>
      operate('events list', { status: 'exhausted', code: 'contradictory-film' });
    expect((await exhausted())['events']).toHaveLength(5);
    await pool.query('update portal.assets set mux_asset_id = null where id = any ($1)', [
      films.map(({ id }) => id),
    ]);

    const request = {
      command: 'events replay',
      arguments: { code: 'contradictory-film', reason: 'uploads are mended' },
    };
    const call = makeCall({ url: local().url, region: 'ap-southeast-2', isLocal: true });
    const progress: string[] = [];
    const options = {
      stage: undefined,
      apiUrl: undefined,
      json: false,
      rate: 2,
      request: request as never,
    };
    await expect(replayAll(call, options, (line) => progress.push(line))).resolves.toEqual({
      matching: 5,
      replayed: 5,
    });

    expect(progress).toEqual(['2 of 5 replayed', '4 of 5 replayed', '5 of 5 replayed']);
    const wanted = { ledger: 5, assetEvents: 5, notifications: 5, mails: 5 };
    const traces = () =>
      tracesOf(
        local(),
        events.map(({ id }) => id),
      );
    expect(await eventually(traces, ({ mails }) => mails >= 5)).toEqual(wanted);
    expect((await exhausted())['events']).toEqual([]);
    const audited = await actions('events replay');
    expect(audited.filter(({ reason }) => reason === 'uploads are mended')).toHaveLength(3);
    expect(audited[0]).toMatchObject({ operator: 'arn:aws:iam::000000000000:user/local-operator' });
  },
  JOURNEY_MS,
);

test('a dry run counts, does nothing, and leaves no line in the audit log', async () => {
  await deliver(local(), await aReadyEvent());
  const before = (await actions('events replay')).length;

  await expect(operate('events replay', { status: 'processed', dryRun: true })).resolves.toEqual({
    matching: expect.any(Number),
    replayed: 0,
  });

  expect((await actions('events replay')).length).toBe(before);
});

test('a job that an operator runs is recorded with who ran it', async () => {
  await operate('jobs run', { name: 'relay-outbox' });

  const run = async () =>
    ((await operate('jobs list'))['jobs'] as { name: string; last?: string; by?: string }[]).find(
      ({ name }) => name === 'relay-outbox',
    );
  expect(await eventually(run, (one) => one?.last === 'succeeded')).toMatchObject({
    last: 'succeeded',
    by: expect.stringMatching(/local-operator$/),
  });
  expect(await actions('jobs run')).toHaveLength(1);
});

test('a suppressed address is listed, and mailed again once that is lifted', async () => {
  const address = 'somebody@example.org';
  await local().pool.query(
    `insert into portal.email_suppressions (address, suppressed, reason, since, source, event_id) values ($1, true, 'complaint', now(), 'resend', 'e')`,
    [address],
  );
  expect((await operate('suppressions list'))['suppressions']).toMatchObject([
    { address, reason: 'complaint' },
  ]);

  await operate('suppressions lift', {
    address: 'Somebody@Example.org',
    reason: 'they asked for it',
  });

  expect((await operate('suppressions list'))['suppressions']).toEqual([]);
  await expect(operate('suppressions lift', { address, reason: 'once more' })).rejects.toThrow(
    NotFoundError,
  );
});

test('the residency reports are listed, and their chain is read again file by file', async () => {
  await operate('jobs run', { name: 'report-residency' });
  const listed = async () =>
    (await operate('residency list'))['reports'] as { week: string; sha256: string }[];
  const [report] = await eventually(listed, (reports) => reports.length === 1);

  expect(await operate('residency verify')).toEqual({
    verdict: 'intact',
    reports: 1,
    files: 3,
    head: { week: report?.week, sha256: report?.sha256 },
    problems: [],
    missingWeeks: [],
  });
  await local().pool.query(`update portal.residency_reports set sha256 = repeat('0', 64)`);
  expect(await operate('residency verify')).toMatchObject({
    verdict: 'broken',
    problems: [{ week: report?.week }],
  });
});

describe('what cannot be done is said', () => {
  test.each([
    ['an unknown command', 'events delete', {}, 'expected one of'],
    ['a bulk without a reason', 'events replay', {}, 'required where not one event is named'],
    ['a time that is none', 'events list', { since: 'yesterday' }, 'expected a time'],
    ['an option that does not exist', 'jobs list', { all: true }, 'all'],
  ])('%s', async (_, command, given, sentence) => {
    const refused = operate(command, given);
    await expect(refused).rejects.toThrow(BadInputError);
    await expect(refused).rejects.toThrow(sentence);
  });

  test('an event that nobody knows', async () => {
    await expect(operate('events show', { provider: 'mux', event: 'nobody' })).rejects.toThrow(
      NotFoundError,
    );
    await expect(operate('events replay', { provider: 'mux', event: 'nobody' })).rejects.toThrow(
      NotFoundError,
    );
  });

  test('a request that nobody signed', async () => {
    const response = await fetch(`${local().url}/api/v1/operations`, {
      method: 'POST',
      body: '{}',
    });
    expect(response.status).toBe(403);
  });
});

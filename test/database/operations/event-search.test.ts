import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { operatorCommands } from '../../../lambdas/catalog/operator-commands.ts';
import type { OperationResult } from '../../../lambdas/operations/commands/command-handlers.ts';
import { makeEventSearchCommands } from '../../../lambdas/operations/commands/event-search-commands.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
const now = () => new Date('2026-03-08T12:00:00Z');
const commands = makeEventSearchCommands({ pool: async () => database.pool, now });

beforeEach(() =>
  database.pool.query(
    `truncate portal.webhook_events, portal.webhook_replays, portal.notifications,
              portal.asset_events, portal.assets, portal.email_incidents,
              portal.email_suppressions cascade`,
  ),
);

interface EventRow {
  readonly source: string;
  readonly status: string;
  readonly body: string | null;
  readonly at: string;
}

async function addEvent(id: string, given: Partial<EventRow> = {}) {
  const { source = 'mux', status = 'processed', body = '{}', at = '2026-03-08T10:00:00Z' } = given;
  await database.pool.query(
    `insert into portal.webhook_events (source, event_id, type, status, body, received_at)
     values ($1, $2, 'a.type', $3, $4, $5)`,
    [source, id, status, body, at],
  );
}

async function addAsset(muxAssetId: string | null = null): Promise<string> {
  const { rows } = await database.pool.query(
    'insert into portal.assets (title, mux_asset_id) values ($1, $2) returning id',
    ['a video', muxAssetId],
  );
  return rows[0].id;
}

const addChange = (assetId: string, eventId: string) =>
  database.pool.query(
    `insert into portal.asset_events
       (id, asset_id, source, event_id, type, from_status, to_status, applied, occurred_at,
        recorded_at)
     values ($1, $2, 'mux', $3, 'a.type', 'processing', 'ready', true, now(), now())`,
    [randomUUID(), assetId, eventId],
  );

const addMail = (
  eventId: string,
  given: { readonly to: string; readonly mail?: string; readonly delivery?: string },
) =>
  database.pool.query(
    `insert into portal.notifications
       (id, recipient, kind, params, source, event_id, sent_to, resend_email_id,
        delivery_event_id, created_at)
     values ($1, $2, 'asset.ready', '{}', 'mux', $3, $2, $4, $5, now())`,
    [randomUUID(), given.to, eventId, given.mail ?? null, given.delivery ?? null],
  );

const idsIn = (result: OperationResult): readonly string[] =>
  (result?.['events'] as readonly { readonly event: string }[] | undefined)?.map(
    ({ event }) => event,
  ) ?? [];

async function list(given: object): Promise<readonly string[]> {
  const parsed = operatorCommands['events list'].arguments.parse(given);
  return idsIn(await commands['events list'](parsed, 'operator'));
}

async function search(given: object): Promise<readonly string[]> {
  const parsed = operatorCommands['events search'].arguments.parse(given);
  return idsIn(await commands['events search'](parsed, 'operator'));
}

test('lists events with one of several statuses', async () => {
  await addEvent('done');
  await addEvent('open', { status: 'failed' });
  await addEvent('ended', { status: 'exhausted' });

  expect(await list({ status: ['failed', 'exhausted'] })).toEqual(['ended', 'open']);
  expect(await list({ status: 'failed' })).toEqual(['open']);
  expect(await list({})).toEqual(['ended', 'open', 'done']);
});

describe('events of a video', () => {
  test('are found by the id of the portal and by the id of Mux, replays included', async () => {
    const asset = await addAsset('mux-1');
    const other = await addAsset('mux-2');
    for (const id of ['first', 'replayed', 'of-another', 'of-nothing']) await addEvent(id);
    await addChange(asset, 'first');
    await addChange(asset, 'replayed/replay/r1');
    await addChange(other, 'of-another');

    expect(await list({ asset })).toEqual(['replayed', 'first']);
    expect(await list({ asset: 'mux-1' })).toEqual(['replayed', 'first']);
    expect(await list({ asset: 'mux-3' })).toEqual([]);
  });

  test('include open events that name it, and no processed ones', async () => {
    const body = JSON.stringify({ data: { id: 'mux_1' } });
    await addEvent('open', { status: 'failed', body });
    await addEvent('processed', { body });
    // An underscore is no wildcard.
    await addEvent('similar', {
      status: 'failed',
      body: JSON.stringify({ data: { id: 'muxA1' } }),
    });

    expect(await list({ asset: await addAsset('mux_1') })).toEqual(['open']);
    expect(await list({ asset: 'mux_1' })).toEqual(['open']);
  });
});

describe('events of an address', () => {
  test('are those that caused or reported its mails', async () => {
    for (const id of ['cause', 'other-cause']) await addEvent(id);
    for (const id of ['delivered', 'bounce', 'listed', 'unrelated'])
      await addEvent(id, { source: 'resend' });
    await addEvent('opened', { source: 'resend', body: '{"data":{"email_id":"mail-1"}}' });
    await addMail('cause', { to: 'ann@example.org', mail: 'mail-1', delivery: 'delivered' });
    await addMail('other-cause', { to: 'bob@example.org', mail: 'mail-2' });
    await database.pool.query(
      `insert into portal.email_incidents
         (address, source, event_id, kind, occurred_at, recorded_at)
       values ('ann@example.org', 'resend', 'bounce', 'permanent', now(), now())`,
    );
    await database.pool.query(
      `insert into portal.email_suppressions (address, source, event_id)
       values ('ann@example.org', 'resend', 'listed')`,
    );

    expect(await list({ to: 'Ann <Ann@Example.org>' })).toEqual([
      'opened',
      'listed',
      'bounce',
      'delivered',
      'cause',
    ]);
    expect(await list({ to: 'bob@example.org' })).toEqual(['other-cause']);
    expect(await list({ to: 'ann@example.org', provider: 'mux' })).toEqual(['cause']);
  });

  test('are found by the address of the member', async () => {
    await addEvent('cause');
    const { rows } = await database.pool.query(
      `insert into portal.users (email, name) values ('Cleo@example.org', 'Cleo') returning id`,
    );
    await database.pool.query(
      `insert into portal.notifications (id, user_id, kind, params, source, event_id, created_at)
       values ($1, $2, 'asset.ready', '{}', 'mux', 'cause', now())`,
      [randomUUID(), rows[0].id],
    );

    expect(await list({ to: 'cleo@example.org' })).toEqual(['cause']);
  });
});

describe('events with a text', () => {
  test('are found in upper and lower case, without wildcards, in the last seven days', async () => {
    await addEvent('match', { body: '{"title":"Night 100% Shoot"}' });
    await addEvent('no-match', { body: '{"title":"Night 1000 Shoot"}' });
    await addEvent('old', { body: '{"title":"night 100% shoot"}', at: '2026-02-28T00:00:00Z' });
    await addEvent('pruned', { body: null });

    expect(await search({ text: 'night 100% shoot' })).toEqual(['match']);
    expect(await search({ text: 'night 100% shoot', since: '2026-02-01T00:00:00Z' })).toEqual([
      'old',
      'match',
    ]);
    expect(await search({ text: 'night', until: '2026-03-08T09:00:00Z' })).toEqual([]);
  });

  test('can be limited to a video and continued on the next page', async () => {
    const asset = await addAsset();
    for (const id of ['e1', 'e2', 'e3']) {
      await addEvent(id, { body: '{"title":"needle"}' });
      await addChange(asset, id);
    }
    await addEvent('e4', { body: '{"title":"needle"}' });
    const parsed = (cursor?: string) =>
      operatorCommands['events search'].arguments.parse({
        text: 'needle',
        asset,
        limit: 2,
        cursor,
      });

    const first = await commands['events search'](parsed(), 'operator');
    const second = await commands['events search'](parsed(first?.['cursor'] as string), 'operator');

    expect(first).toMatchObject({ events: [{ event: 'e3' }, { event: 'e2' }] });
    expect(second).toMatchObject({ events: [{ event: 'e1' }], cursor: undefined });
  });
});

test('lists the replays of events with their outcome, newest first', async () => {
  await addEvent('e1');
  await database.pool.query(
    `insert into portal.webhook_replays
       (source, event_id, replay, status, requested_at, error_code, error_message, updated_at)
     values ('mux', 'e1', 'r1', 'exhausted', '2026-03-08T10:00:00Z', 'E1',
               E'first\\nsecond', now()),
            ('mux', 'e1', 'r2', 'processed', '2026-03-08T11:00:00Z', null, null, now()),
            ('mux', 'e2', 'r3', 'requested', '2026-03-08T11:00:00Z', null, null, now())`,
  );
  const run = (given: object) =>
    commands['events replays'](
      operatorCommands['events replays'].arguments.parse(given),
      'operator',
    );

  await expect(run({ event: 'e1' })).resolves.toMatchObject({
    replays: [
      { event: 'e1', replay: 'r2', status: 'processed', error: null },
      { event: 'e1', replay: 'r1', status: 'exhausted', error: 'E1: first' },
    ],
  });
  await expect(run({ event: ['e1', 'e2'], replay: ['r3', 'r1'] })).resolves.toMatchObject({
    replays: [{ replay: 'r3' }, { replay: 'r1' }],
  });
  await expect(run({ event: 'e1', provider: 'resend' })).resolves.toEqual({ replays: [] });
});

import { beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { MuxEvent } from '../../../lambdas/providers/mux/events.ts';
import type { IncomingEvent } from '../../../lambdas/webhooks/process/event-handler.ts';
import {
  aGate,
  blockedSessions,
  waitForOthers,
} from '../../support/idempotency/idempotency-harness.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { withoutLockTimeouts } from '../../support/postgres/lock-timeouts.ts';
import { makeMuxExactlyOnce } from '../../support/processor.ts';
import { historyOf, incomingEvent, shuffler } from '../../support/providers/asset-histories.ts';
import { aMuxEvent } from '../../support/providers/assets.ts';

jest.setTimeout(60_000);

const WRITERS = 8;
const ROUNDS = 12;
const ASSETS = 12;

const database = useDatabase({ connections: WRITERS });

beforeAll(async () => {
  // The rows of events do not show a second application, because their ids are unique. The trigger
  // does.
  await database.pool.query(`
    create table applied (event_id text not null);
    create function note_applied() returns trigger language plpgsql as
      $$ begin insert into applied values (new.event_id); return new; end $$;
    create trigger applied before insert on portal.asset_events
      for each row execute function note_applied();
    insert into portal.users (email, name) values ('owner@example.org', 'Olga');
    do $$ begin
      execute format('alter database %I set deadlock_timeout = ''20ms''', current_database());
    end $$`);
});
beforeEach(() =>
  database.pool.query(
    `truncate applied, portal.assets, portal.webhook_events, portal.outbox,
       portal.idempotency_records cascade`,
  ),
);

/**
 * Repeats the batch until it succeeds, as a queue does. Returns the newly applied ids and all
 * failures.
 */
async function apply(events: readonly IncomingEvent<MuxEvent>[]) {
  const failures: unknown[] = [];
  for (;;) {
    try {
      const { outcomes } = await makeMuxExactlyOnce(database.pool).applyBatch(events);
      const applied = [...outcomes]
        .filter(([, outcome]) => outcome !== 'duplicate')
        .map(([eventId]) => eventId);
      return { applied, failures };
    } catch (error) {
      failures.push((error as { code?: string }).code ?? error);
      if (failures.length > 20) throw error;
    }
  }
}

type Distribute = (
  events: readonly IncomingEvent<MuxEvent>[],
  round: number,
) => readonly (readonly IncomingEvent<MuxEvent>[])[];

/** Gives most events to most writers, so that they compete for the claims. */
const sameEvents: Distribute = (events, round) => {
  const shuffle = shuffler(round);
  return Array.from({ length: WRITERS }, () =>
    shuffle(events).slice(0, Math.ceil(events.length * 0.7)),
  );
};

/**
 * Gives each event to one writer and each asset to several, so that they compete for the assets.
 */
const otherEventsOfTheSameAssets: Distribute = (events, round) => {
  const shuffled = shuffler(round)(events);
  const size = Math.ceil(events.length / WRITERS);
  return Array.from({ length: WRITERS }, (_, writer) =>
    shuffled.slice(writer * size, (writer + 1) * size),
  );
};

type CreateAssets = (assets: readonly string[]) => Promise<ReadonlyMap<string, string>>;

async function applyConcurrently(distribute: Distribute, create: CreateAssets) {
  const applied: string[] = [];
  const failures: unknown[] = [];
  const eventIds: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const assets = Array.from({ length: ASSETS }, (_, index) => `${round}-${(index * 7) % ASSETS}`);
    const portalIds = await create(assets);
    const events = assets
      .flatMap((asset) => historyOf(asset, portalIds.get(asset) ?? null))
      .map(incomingEvent);
    const results = await Promise.all(distribute(events, round).map(apply));
    // The last batch covers the events that no writer received.
    for (const result of [...results, await apply(events)]) {
      applied.push(...result.applied);
      failures.push(...result.failures);
    }
    eventIds.push(...events.map(({ eventId }) => eventId));
  }
  return { applied: applied.sort(), failures, eventIds: eventIds.sort() };
}

async function expectAppliedOnce(eventIds: readonly string[]) {
  const { rows } = await database.pool.query(
    `select (select array_agg(event_id order by event_id collate "C") from applied) as applied,
            (select count(*)::int from portal.asset_events) as history,
            (select count(*)::int from portal.webhook_events where status = 'processed') as ledger,
            (select count(*)::int from portal.idempotency_records) as records,
            (select count(*)::int from portal.assets) as assets,
            (select count(*)::int from portal.assets
             where status = 'ready' and mux_asset_id is not null
               and mux_upload_id is not null) as ready,
            (select count(*)::int from portal.assets where owner_id is not null) as owned,
            (select count(*)::int from portal.outbox where type = 'asset.ready') as published`,
  );
  const events = eventIds.length;
  const assets = ROUNDS * ASSETS;
  expect(rows[0]).toEqual({
    owned: expect.any(Number),
    applied: eventIds,
    history: events,
    ledger: events,
    records: events,
    assets,
    ready: assets,
    // An asset is announced to its owner; a row without an owner announces nothing.
    published: rows[0].owned,
  });
}

/**
 * Creates assets as the portal does before an upload, and returns the ids that Mux gets as
 * passthrough.
 */
const create: CreateAssets = async (assets) => {
  const { rows } = await database.pool.query<{ id: string; title: string }>(
    `insert into portal.assets (owner_id, title, mux_upload_id)
     select users.id, asset, 'upload-' || asset
     from portal.users, unnest($1::text[]) as asset
     returning id, title`,
    [assets],
  );
  return new Map(rows.map(({ id, title }) => [title, id]));
};
const noPortalIds: ReadonlyMap<string, string> = new Map();

describe.each([
  ['the same events', sameEvents],
  ['other events of the same assets', otherEventsOfTheSameAssets],
])('8 concurrent writers of %s', (_, distribute) => {
  test.each([
    ['created by the portal', create],
    [
      'created by the portal and named without a passthrough',
      (assets: readonly string[]) => create(assets).then(() => noPortalIds),
    ],
    ['unknown to the portal', async () => noPortalIds],
  ])('never deadlock on assets %s, and apply each event once', async (__, createAssets) => {
    const { applied, failures, eventIds } = await applyConcurrently(distribute, createAssets);

    expect(withoutLockTimeouts(failures)).toEqual([]);
    expect(applied).toEqual(eventIds);
    await expectAppliedOnce(eventIds);
  });
});

test('applies a waiting event to the row into which its asset was merged', async () => {
  const portalId = (await create(['asset'])).get('asset') as string;
  await database.pool.query(`update portal.assets set mux_upload_id = null`);
  await database.pool.query(
    `insert into portal.assets (mux_asset_id, mux_upload_id) values ('asset-1', 'upload-1')`,
  );
  const gate = aGate();
  let merging = false;
  const exactlyOnce = makeMuxExactlyOnce(database.pool, async () => {
    merging = true;
    await gate.passed;
  });
  const merge = aMuxEvent({
    eventId: 'merges',
    asset: { assetId: null, uploadId: 'upload-1', portalId },
  });
  const other = aMuxEvent({
    eventId: 'waits',
    target: 'deleted',
    asset: { assetId: 'asset-1', uploadId: null, portalId: null },
  });

  const first = exactlyOnce.applyBatch([incomingEvent(merge)]);
  await waitForOthers(() => merging);
  const second = makeMuxExactlyOnce(database.pool).applyOne(incomingEvent(other));
  await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);
  gate.open();

  await Promise.all([first, second]);
  const { rows } = await database.pool.query(
    'select id, status, mux_asset_id, mux_upload_id from portal.assets',
  );
  expect(rows).toEqual([
    { id: portalId, status: 'deleted', mux_asset_id: 'asset-1', mux_upload_id: 'upload-1' },
  ]);
});

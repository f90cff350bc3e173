import { beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { makeMuxApplication } from '../../../lambdas/providers/mux/apply.ts';
import type { MuxEvent } from '../../../lambdas/providers/mux/events.ts';
import type { IncomingEvent } from '../../../lambdas/webhooks/process/exactly-once.ts';
import { makeProcessorStore } from '../../../lambdas/webhooks/process/processor-store.ts';
import {
  aGate,
  blockedSessions,
  waitForOthers,
} from '../../support/idempotency/idempotency-harness.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { arrivalOf, shuffler, storyOf } from '../../support/providers/asset-histories.ts';
import { aMuxEvent } from '../../support/providers/assets.ts';

jest.setTimeout(60_000);

const WRITERS = 8;
const ROUNDS = 12;
const FILMS = 12;

const database = useDatabase({ connections: WRITERS });

beforeAll(async () => {
  // Rows have unique ids, so what is applied twice may leave them once; this trigger is asked before that is looked at.
  await database.pool.query(`
    create table applied (event_id text not null);
    create function note_applied() returns trigger language plpgsql as
      $$ begin insert into applied values (new.event_id); return new; end $$;
    create trigger applied before insert on portal.asset_events for each row execute function note_applied();
    insert into portal.users (email, name) values ('owner@example.org', 'Olga');
    do $$ begin execute format('alter database %I set deadlock_timeout = ''20ms''', current_database()); end $$`);
});
beforeEach(() =>
  database.pool.query(
    'truncate applied, portal.assets, portal.webhook_events, portal.outbox, portal.idempotency_records cascade',
  ),
);

function aStore(beforeSigning: () => Promise<void> = async () => {}) {
  return makeProcessorStore({
    provider: 'mux',
    pool: async () => database.pool,
    application: makeMuxApplication(async (id) => {
      await beforeSigning();
      return { url: `https://stream.mux.com/${id}.m3u8`, expiresAt: null };
    }),
    now: () => new Date(),
  });
}

/** As a queue would: until it is done. @returns what was new, and how often Postgres broke a deadlock. */
async function apply(arrivals: readonly IncomingEvent<MuxEvent>[]) {
  const failures: unknown[] = [];
  for (;;) {
    try {
      const { outcomes } = await aStore().applyTogether(arrivals);
      const fresh = [...outcomes]
        .filter(([, outcome]) => outcome !== 'duplicate')
        .map(([eventId]) => eventId);
      return { fresh, failures };
    } catch (error) {
      failures.push((error as { code?: string }).code ?? error);
      if (failures.length > 20) throw error;
    }
  }
}

type Deal = (
  arrivals: readonly IncomingEvent<MuxEvent>[],
  round: number,
) => readonly (readonly IncomingEvent<MuxEvent>[])[];

/** Most events are with most writers: they meet at the claims. */
const sameEvents: Deal = (arrivals, round) => {
  const shuffle = shuffler(round);
  return Array.from({ length: WRITERS }, () =>
    shuffle(arrivals).slice(0, Math.ceil(arrivals.length * 0.7)),
  );
};

/** Every event is with one writer, and those of a film with several: they meet at the films. */
const otherEventsOfTheSameFilms: Deal = (arrivals, round) => {
  const shuffled = shuffler(round)(arrivals);
  const size = Math.ceil(arrivals.length / WRITERS);
  return Array.from({ length: WRITERS }, (_, writer) =>
    shuffled.slice(writer * size, (writer + 1) * size),
  );
};

async function applyAtOnce(deal: Deal, create: Create) {
  const fresh: string[] = [];
  const failures: unknown[] = [];
  const eventIds: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const films = Array.from({ length: FILMS }, (_, index) => `${round}-${(index * 7) % FILMS}`);
    const portalIds = await create(films);
    const arrivals = films
      .flatMap((film) => storyOf(film, portalIds.get(film) ?? null))
      .map(arrivalOf);
    const results = await Promise.all(deal(arrivals, round).map(apply));
    // Whatever no writer was dealt.
    for (const result of [...results, await apply(arrivals)]) {
      fresh.push(...result.fresh);
      failures.push(...result.failures);
    }
    eventIds.push(...arrivals.map(({ eventId }) => eventId));
  }
  return { fresh: fresh.sort(), failures, eventIds: eventIds.sort() };
}

async function appliedOnce(eventIds: readonly string[]) {
  const { rows } = await database.pool.query(
    `select (select array_agg(event_id order by event_id collate "C") from applied) as applied,
            (select count(*)::int from portal.asset_events) as history,
            (select count(*)::int from portal.webhook_events where status = 'processed') as ledger,
            (select count(*)::int from portal.idempotency_records) as records,
            (select count(*)::int from portal.assets) as assets,
            (select count(*)::int from portal.assets where status = 'ready' and mux_asset_id is not null
                                                       and mux_upload_id is not null) as ready,
            (select count(*)::int from portal.outbox where type = 'asset.ready') as published`,
  );
  const events = eventIds.length;
  const films = ROUNDS * FILMS;
  expect(rows[0]).toEqual({
    applied: eventIds,
    history: events,
    ledger: events,
    records: events,
    assets: films,
    ready: films,
    published: films,
  });
}

type Create = (films: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** As the portal makes them for an upload. @returns the ids that Mux gets as passthrough. */
const create: Create = async (films) => {
  const { rows } = await database.pool.query<{ id: string; title: string }>(
    `insert into portal.assets (owner_id, title, mux_upload_id)
     select users.id, film, 'upload-' || film from portal.users, unnest($1::text[]) as film returning id, title`,
    [films],
  );
  return new Map(rows.map(({ id, title }) => [title, id]));
};
const nobody: ReadonlyMap<string, string> = new Map();

describe.each([
  ['the same events', sameEvents],
  ['other events of the same films', otherEventsOfTheSameFilms],
])('8 writers that apply %s at once', (_, deal) => {
  test.each([
    ['are the portal’s', create],
    [
      'are the portal’s but do not say so',
      (films: readonly string[]) => create(films).then(() => nobody),
    ],
    ['nobody knows', async () => nobody],
  ])(
    'never meet in a deadlock about films that %s, and have each effect once',
    async (__, createFilms) => {
      const { fresh, failures, eventIds } = await applyAtOnce(deal, createFilms);

      expect(failures).toEqual([]);
      expect(fresh).toEqual(eventIds);
      await appliedOnce(eventIds);
    },
  );
});

test('an event whose film becomes part of another row while it waits is applied to that one', async () => {
  const portalId = (await create(['film'])).get('film') as string;
  await database.pool.query(`update portal.assets set mux_upload_id = null`);
  await database.pool.query(
    `insert into portal.assets (mux_asset_id, mux_upload_id) values ('asset-1', 'upload-1')`,
  );
  const gate = aGate();
  let merging = false;
  const store = aStore(async () => {
    merging = true;
    await gate.passed;
  });
  const merge = aMuxEvent({
    eventId: 'merges',
    film: { assetId: null, uploadId: 'upload-1', portalId },
  });
  const other = aMuxEvent({
    eventId: 'waits',
    target: 'deleted',
    film: { assetId: 'asset-1', uploadId: null, portalId: null },
  });

  const first = store.applyTogether([arrivalOf(merge)]);
  await waitForOthers(() => merging);
  const second = aStore().applyAlone(arrivalOf(other));
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

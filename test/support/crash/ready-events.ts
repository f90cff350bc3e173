import type pg from 'pg';
import { type MuxEvent, parseMuxEvent } from '../../../lambdas/providers/mux/events.ts';
import type { IncomingEvent } from '../../../lambdas/webhooks/process/event-handler.ts';
import type { MuxBody } from '../processor.ts';

/** Returns the event that makes an asset of `createAssets` ready. Each asset has exactly one. */
export function aReadyEvent(asset: string): MuxBody {
  return {
    id: `event-${asset}`,
    type: 'video.asset.ready',
    created_at: '2026-03-01T10:00:00Z',
    data: {
      id: `asset-${asset}`,
      upload_id: `upload-${asset}`,
      playback_ids: [{ id: asset, policy: 'public' }],
    },
  };
}

export function anIncomingMuxEvent(body: MuxBody): IncomingEvent<MuxEvent> {
  const { id: eventId, type } = body;
  const json = JSON.stringify(body);
  const event = parseMuxEvent(eventId, type, json);
  return { eventId, type, receivedAt: new Date('2026-03-01T10:00:01Z'), body: json, event };
}

/**
 * Creates a trigger that counts the updates of assets in their own transactions.
 * The rows of events do not show a second application, because their ids are unique.
 */
export async function countMoves(pool: pg.Pool): Promise<void> {
  await pool.query(`
    create table moves (event_id text not null);
    create function note_move() returns trigger language plpgsql as
      $$ begin insert into moves values (new.status_event_id); return null; end $$;
    create trigger moves after update on portal.assets for each row execute function note_move();
    insert into portal.users (email, name) values ('owner@example.org', 'Olga')`);
}

/**
 * Inserts assets with an owner and both ids of Mux, so that each event has every kind of effect.
 */
export async function createAssets(pool: pg.Pool, assets: readonly string[]): Promise<void> {
  await pool.query(
    `insert into portal.assets (owner_id, title, mux_upload_id, mux_asset_id)
     select users.id, asset, 'upload-' || asset, 'asset-' || asset
     from portal.users, unnest($1::text[]) as asset`,
    [assets],
  );
}

const EFFECTS = `
  select (select count(*)::int from moves where event_id = wanted) as moves,
         (select count(*)::int from portal.asset_events where event_id = wanted) as history,
         (select count(*)::int from portal.notifications where event_id = wanted) as notifications,
         (select count(*)::int from portal.webhook_events
          where event_id = wanted and status = 'processed') as ledger,
         (select count(*)::int from portal.outbox
          where outbox.id::text in (
            select jsonb_array_elements_text(effects->'outbox')
            from portal.webhook_events where event_id = wanted)) as outbox
  from unnest($1::text[]) as wanted`;

/** Counts the effects of each event. */
export async function countEffects(
  pool: pg.Pool,
  eventIds: readonly string[],
): Promise<readonly object[]> {
  return (await pool.query<object & pg.QueryResultRow>(EFFECTS, [eventIds])).rows;
}

export async function countTotals(pool: pg.Pool): Promise<object | undefined> {
  const { rows } = await pool.query<object & pg.QueryResultRow>(`
    select (select count(*)::int from portal.idempotency_records) as records,
           (select count(*)::int from portal.outbox) as outbox,
           (select count(*)::int from moves) as moves`);
  return rows[0];
}

/**
 * Effects of one ready event. The outbox entries announce the asset and the owner's notification.
 */
export const onceEach = { moves: 1, history: 1, notifications: 1, ledger: 1, outbox: 2 };

import type pg from 'pg';
import { type MuxEvent, parseMuxEvent } from '../../../lambdas/providers/mux/events.ts';
import type { IncomingEvent } from '../../../lambdas/webhooks/process/exactly-once.ts';
import type { MuxBody } from '../processor.ts';

/** The event that makes a film ready; each film of `createFilms` has exactly one. */
export function aReadyEvent(film: string): MuxBody {
  return {
    id: `event-${film}`,
    type: 'video.asset.ready',
    created_at: '2026-03-01T10:00:00Z',
    data: {
      id: `asset-${film}`,
      upload_id: `upload-${film}`,
      playback_ids: [{ id: film, policy: 'public' }],
    },
  };
}

export function aMuxArrival(body: MuxBody): IncomingEvent<MuxEvent> {
  const { id: eventId, type } = body;
  const json = JSON.stringify(body);
  const event = parseMuxEvent(eventId, type, json);
  return { eventId, type, receivedAt: new Date('2026-03-01T10:00:01Z'), body: json, event };
}

/**
 * Rows of events have unique ids, so what is applied twice may leave them once. A trigger, in the same transaction,
 * counts how often an asset was really moved.
 */
export async function countMoves(pool: pg.Pool): Promise<void> {
  await pool.query(`
    create table moves (event_id text not null);
    create function note_move() returns trigger language plpgsql as
      $$ begin insert into moves values (new.status_event_id); return null; end $$;
    create trigger moves after update on portal.assets for each row execute function note_move();
    insert into portal.users (email, name) values ('owner@example.org', 'Olga')`);
}

/** Films of one owner that the portal and Mux know, so that each event has every kind of effect. */
export async function createFilms(pool: pg.Pool, films: readonly string[]): Promise<void> {
  await pool.query(
    `insert into portal.assets (owner_id, title, mux_upload_id, mux_asset_id)
     select users.id, film, 'upload-' || film, 'asset-' || film from portal.users, unnest($1::text[]) as film`,
    [films],
  );
}

const LEFT = `
  select (select count(*)::int from moves where event_id = wanted) as moves,
         (select count(*)::int from portal.asset_events where event_id = wanted) as history,
         (select count(*)::int from portal.notifications where event_id = wanted) as notifications,
         (select count(*)::int from portal.webhook_events where event_id = wanted and status = 'processed') as ledger,
         (select count(*)::int from portal.outbox
          where outbox.id::text in (select jsonb_array_elements_text(effects->'outbox')
                                    from portal.webhook_events where event_id = wanted)) as outbox
  from unnest($1::text[]) as wanted`;

/** What each event left. */
export async function leftBy(
  pool: pg.Pool,
  eventIds: readonly string[],
): Promise<readonly object[]> {
  return (await pool.query<object & pg.QueryResultRow>(LEFT, [eventIds])).rows;
}

export async function totals(pool: pg.Pool): Promise<object | undefined> {
  const { rows } = await pool.query<object & pg.QueryResultRow>(`
    select (select count(*)::int from portal.idempotency_records) as records,
           (select count(*)::int from portal.outbox) as outbox,
           (select count(*)::int from moves) as moves`);
  return rows[0];
}

/** One event of a film that becomes ready: the bus hears of it, and of the owner's notification. */
export const onceEach = { moves: 1, history: 1, notifications: 1, ledger: 1, outbox: 2 };

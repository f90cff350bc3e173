import type pg from 'pg';
import { addOldEvents } from '../jobs/rows.ts';

const FILMS = `
  insert into portal.assets (id, mux_asset_id, mux_upload_id, status)
  select md5('old film ' || n)::uuid, md5('old asset ' || n), md5('old upload ' || n), 'ready'
    from generate_series(0, $1::integer - 1) as n`;

const ASSET_EVENTS = `
  insert into portal.asset_events
    (id, asset_id, source, event_id, type, from_status, to_status, applied, occurred_at, recorded_at)
  select md5('old asset event ' || n)::uuid, md5('old film ' || n / 3)::uuid, 'mux', 'event-' || n, 'video.asset.ready',
         'processing', 'ready', true, now(), now()
    from generate_series(0, $1::integer - 1) as n`;

/** What a stage has behind it after so many events: their ledger, their records, their films and the films' history. */
export async function addHistory(pool: pg.Pool, events: number): Promise<void> {
  await addOldEvents(pool, events);
  await pool.query(FILMS, [Math.ceil(events / 3)]);
  await pool.query(ASSET_EVENTS, [events]);
  await pool.query('analyze');
  await pool.query('checkpoint');
}

import type pg from 'pg';
import type { Attacked } from './generator.ts';

/** When each event's effect was committed, in milliseconds of the epoch. */
export type Effects = ReadonlyMap<string, number>;

const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 20;

/** Waits until each event that was accepted has its effect. @throws when one has none, or another than the one it is to have. */
export async function settle(pool: pg.Pool, name: string, { events }: Attacked): Promise<Effects> {
  const until = Date.now() + PATIENCE_MS;
  while ((await count(pool)) < events.length) {
    if (Date.now() > until) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  const expected = expectedOf(events);
  const { rows } = await pool.query<typeof expected>(OUTCOME);
  if (JSON.stringify(rows[0]) !== JSON.stringify(expected))
    throw new Error(`${name} is wrong: ${JSON.stringify({ expected, found: rows[0] })}`);
  const effects = await readEffects(pool);
  const missing = events.filter(({ eventId }) => !effects.has(eventId));
  if (missing.length > 0) throw new Error(`${name}: ${missing.length} events have no effect.`);
  return effects;
}

async function count(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ made: number }>(
    'select count(*)::int as made from portal.asset_events',
  );
  return rows[0]?.made ?? 0;
}

/** A film that is ready is news for its owner and for the bus; the mail to the owner is asked for there, too. */
function expectedOf(events: Attacked['events']) {
  const ready = events.filter(({ type }) => type === 'video.asset.ready').length;
  const once = { processed: events.length, others: 0, effects: events.length };
  return { ...once, ready, notifications: ready, outbox: 2 * ready };
}

const OUTCOME = `
  select (select count(*)::int from portal.webhook_events where status = 'processed' and body is not null) as processed,
         (select count(*)::int from portal.webhook_events where status <> 'processed') as others,
         (select count(*)::int from portal.asset_events) as effects,
         (select count(*)::int from portal.assets where status = 'ready') as ready,
         (select count(*)::int from portal.notifications) as notifications,
         (select count(*)::int from portal.outbox) as outbox`;

// A row of this table is written once, by the transaction of the effect: with track_commit_timestamp the server knows
// when it was committed, whoever wrote it.
const EFFECTS = `
  select event_id as "eventId", extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as "at"
  from portal.asset_events`;

async function readEffects(pool: pg.Pool): Promise<Effects> {
  const { rows } = await pool.query<{ eventId: string; at: number }>(EFFECTS);
  return new Map(rows.map(({ eventId, at }) => [eventId, at]));
}

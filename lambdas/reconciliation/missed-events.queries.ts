import type { Queryable } from '../platform/postgres/database.ts';

export type Recovery = 'replayed' | 'enqueued';

/** An event that the provider has and the ledger lacks. */
export interface MissedEvent {
  readonly provider: string;
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: Date;
}

const FIND_KNOWN = `
  select event_id as "eventId" from portal.webhook_events
   where source = $1::text and event_id = any($2::text[])`;

/** Returns those of the events that the ledger holds, in any status. */
export async function findKnownEvents(
  db: Queryable,
  provider: string,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set();
  const { rows } = await db.query<{ eventId: string }>(FIND_KNOWN, [provider, eventIds]);
  return new Set(rows.map(({ eventId }) => eventId));
}

const FIND_ATTEMPTS = `
  select event_id as "eventId", attempts from portal.missed_events
   where provider = $1::text and event_id = any($2::text[])`;

/** Returns the number of earlier attempts at each of the events, without those never tried. */
export async function findAttempts(
  db: Queryable,
  provider: string,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (eventIds.length === 0) return new Map();
  const { rows } = await db.query<{ eventId: string; attempts: number }>(FIND_ATTEMPTS, [
    provider,
    eventIds,
  ]);
  return new Map(rows.map(({ eventId, attempts }) => [eventId, attempts]));
}

const RECORD_ATTEMPT = `
  insert into portal.missed_events as known
    (provider, event_id, type, occurred_at, found_at, recovery, attempted_at)
  values ($1::text, $2::text, $3::text, $4::timestamptz, $6::timestamptz, $5::text,
          $6::timestamptz)
  on conflict (provider, event_id) do update
     set recovery = excluded.recovery, attempts = known.attempts + 1,
         attempted_at = excluded.attempted_at`;

/** Records an attempt before it is made, so that an event that kills each run is left out later. */
export async function recordAttempt(
  db: Queryable,
  { provider, eventId, type, occurredAt }: MissedEvent,
  recovery: Recovery,
  now: Date,
): Promise<void> {
  await db.query(RECORD_ATTEMPT, [provider, eventId, type, occurredAt, recovery, now]);
}

const MARK_RECOVERED = `
  update portal.missed_events set recovered_at = $3::timestamptz
   where provider = $1::text and event_id = $2::text and recovered_at is null`;

export async function markRecovered(
  db: Queryable,
  { provider, eventId }: MissedEvent,
  now: Date,
): Promise<void> {
  await db.query(MARK_RECOVERED, [provider, eventId, now]);
}

const COUNT_RECOVERED = `
  with counted as (
    update portal.missed_events set counted_at = $2::timestamptz
     where provider = $1::text and recovered_at is not null and counted_at is null
    returning 1
  )
  select count(*)::int as count from counted`;

/** Counts each recovered event once, those of a killed run included. */
export async function countRecovered(db: Queryable, provider: string, now: Date): Promise<number> {
  const { rows } = await db.query<{ count: number }>(COUNT_RECOVERED, [provider, now]);
  return rows[0]?.count ?? 0;
}

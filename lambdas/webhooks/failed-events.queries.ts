import type { EventOrigin } from '../catalog/statuses.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import type { EventKey } from './cause-id.ts';
import { appendEntry, failureEntry, redriveEntry, withoutLastRedrive } from './event-history.ts';
import { ENTRY_ORIGIN } from './event-origin.queries.ts';
import {
  countReplayRedrives,
  exhaustReplays,
  replaysOf,
  uncountReplayRedrives,
} from './replays.queries.ts';

/** An event, or one replay of it, that failed or is exhausted. */
export interface UnappliedEvent extends EventKey {
  readonly type: string;
  /** @default 'signed' */
  readonly origin?: EventOrigin | undefined;
  readonly receivedAt: Date;
  readonly redrives: number;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** A failed event without a message in any queue. */
export interface OrphanedEvent extends UnappliedEvent {
  /** Null if the body was pruned. */
  readonly body: string | null;
}

export interface EventStatus extends EventKey {
  readonly status:
    | 'requested'
    | 'processed'
    | 'ignored'
    | 'synthetic'
    | 'failed'
    | 'exhausted'
    | 'closed';
  readonly redrives: number;
  readonly errorCode: string | null;
}

export type DeadLetterEvent = EventKey &
  Pick<UnappliedEvent, 'type' | 'receivedAt' | 'origin'> & { readonly body: string | null };

export type ExhaustedEvent = DeadLetterEvent & {
  readonly errorCode: string;
  readonly errorMessage: string;
};

const FIND_STATUSES = `
  with wanted as (
    select * from jsonb_to_recordset($1::jsonb) as key (source text, "eventId" text, replay text)
  )
  select source, event_id as "eventId", null as replay, status, redrives,
         error_code as "errorCode"
  from portal.webhook_events
  where (source, event_id) in (select source, "eventId" from wanted where replay is null)
  union all
  select source, event_id, replay, status, redrives, error_code
  from portal.webhook_replays
  where (source, event_id, replay) in
        (select source, "eventId", replay from wanted where replay is not null)`;

/**
 * Inserts the row of an event whose attempts were not recorded, because Postgres was unavailable.
 * Counts the redrives of an event and of its replays.
 */
const COUNT_REDRIVES = `
  insert into portal.webhook_events as known
    (source, event_id, type, status, body, received_at, attempts, redrives, error_code,
     error_message, history, created_at, updated_at, origin)
  select distinct on (source, "eventId" collate "C")
         source, "eventId", type, 'failed', body, "receivedAt", 0, 1, 'not-recorded',
         'No attempt could be recorded.', jsonb_build_array(${redriveEntry('$2::timestamptz')}),
         $2::timestamptz, $2::timestamptz, ${ENTRY_ORIGIN}
  from jsonb_to_recordset($1::jsonb) as redriven (
    source text, "eventId" text, type text, body text, "receivedAt" timestamptz, origin text)
  order by source, "eventId" collate "C"
  on conflict (source, event_id) do update
     set redrives = known.redrives + 1, updated_at = excluded.updated_at,
         history = ${appendEntry('known.history', redriveEntry('excluded.updated_at'))}
   where known.status = 'failed'`;

/** Takes back the count of redrives that the queue did not accept. */
const UNCOUNT_REDRIVES = `
  update portal.webhook_events as known
  set redrives = greatest(known.redrives - 1, 0), updated_at = $2::timestamptz,
      history = ${withoutLastRedrive('known.history')}
  from jsonb_to_recordset($1::jsonb) as kept (source text, "eventId" text)
  where known.source = kept.source and known.event_id = kept."eventId"
    and known.status = 'failed'`;

const EXHAUSTED = {
  at: 'excluded.updated_at',
  code: 'coalesce(known.error_code, excluded.error_code)',
  message: 'coalesce(known.error_message, excluded.error_message)',
};

const FIRST_EXHAUSTED = { at: '$2::timestamptz', code: '"errorCode"', message: '"errorMessage"' };

const EXHAUST = `
  insert into portal.webhook_events as known
    (source, event_id, type, status, body, received_at, attempts, error_code, error_message,
     history, created_at, updated_at, origin)
  select distinct on (source, "eventId" collate "C")
         source, "eventId", type, 'exhausted', body, "receivedAt", 0, "errorCode", "errorMessage",
         jsonb_build_array(${failureEntry('exhausted', FIRST_EXHAUSTED)}),
         $2::timestamptz, $2::timestamptz, ${ENTRY_ORIGIN}
  from jsonb_to_recordset($1::jsonb) as exhausted (
    source text, "eventId" text, type text, body text, "receivedAt" timestamptz,
    "errorCode" text, "errorMessage" text, origin text)
  order by source, "eventId" collate "C"
  on conflict (source, event_id) do update
     set status = 'exhausted', body = coalesce(known.body, excluded.body), escalated_at = null,
         updated_at = excluded.updated_at,
         history = ${appendEntry('known.history', failureEntry('exhausted', EXHAUSTED))}
   where known.status = 'failed'`;

/**
 * Selects events without any change for so long that their messages must be lost. `lateral` reads
 * the first rows of the index of each provider, instead of sorting all failed events.
 */
const LOCK_ORPHANS = `
  select orphan.*
  from unnest($3::text[]) as wanted (provider)
  cross join lateral (
    select source, event_id as "eventId", null as replay, type, body, origin,
           received_at as "receivedAt", redrives, attempts, error_code as "errorCode",
           error_message as "errorMessage"
    from portal.webhook_events
    where status = 'failed' and source = wanted.provider and updated_at < $1::timestamptz
    order by updated_at
    limit $2::int
    for update skip locked) as orphan
  limit $2::int`;

/** Locks the replays before the join, which then reads only their events. */
const LOCK_ORPHANED_REPLAYS = `
  with orphan as materialized (
    select source, event_id, replay, redrives, attempts, error_code, error_message
    from portal.webhook_replays
    where status in ('requested', 'failed') and updated_at < $1::timestamptz
      and source = any($3::text[])
    order by updated_at
    limit $2::int
    for update skip locked
  )
  select source, event_id as "eventId", replay, event.type, event.body, event.origin,
         event.received_at as "receivedAt", orphan.redrives, orphan.attempts,
         orphan.error_code as "errorCode", orphan.error_message as "errorMessage"
  from orphan
  join portal.webhook_events as event using (source, event_id)`;

export async function findEventStatuses(
  db: Queryable,
  keys: readonly EventKey[],
): Promise<readonly EventStatus[]> {
  const { rows } = await db.query<EventStatus & Record<string, unknown>>(FIND_STATUSES, [
    toKeysJson(keys),
  ]);
  return rows;
}

/** Records one more redrive of each event and replay. */
export async function countRedrives(
  db: Queryable,
  events: readonly DeadLetterEvent[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return;
  await db.query(COUNT_REDRIVES, [jsonParameter(events), now]);
  await countReplayRedrives(db, replaysOf(events), now);
}

/** @param updatedAt Time from which the events count as unchanged. */
export async function uncountRedrives(
  db: Queryable,
  events: readonly EventKey[],
  updatedAt: Date,
): Promise<void> {
  if (events.length === 0) return;
  await db.query(UNCOUNT_REDRIVES, [toKeysJson(events), updatedAt]);
  await uncountReplayRedrives(db, replaysOf(events), updatedAt);
}

/**
 * Records the events and replays as exhausted.
 * @param events Their errors apply only to events without a row; other rows keep the recorded
 * error.
 */
export async function exhaust(
  db: Queryable,
  events: readonly ExhaustedEvent[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return;
  await db.query(EXHAUST, [jsonParameter(events), now]);
  await exhaustReplays(db, replaysOf(events), now);
}

export interface OrphanSelection {
  readonly updatedBefore: Date;
  readonly limit: number;
  readonly sources: readonly string[];
}

/**
 * Locks failed events and replays that no message represents any more, longest without a change
 * first, up to `limit` of each. Skips rows locked by others.
 */
export async function lockOrphans(
  db: Queryable,
  { updatedBefore, limit, sources }: OrphanSelection,
): Promise<readonly OrphanedEvent[]> {
  const values = [updatedBefore, limit, sources];
  const events = await db.query<OrphanedEvent & Record<string, unknown>>(LOCK_ORPHANS, values);
  const replays = await db.query<OrphanedEvent & Record<string, unknown>>(
    LOCK_ORPHANED_REPLAYS,
    values,
  );
  return [...events.rows, ...replays.rows];
}

const toKeysJson = (keys: readonly EventKey[]) =>
  jsonParameter(keys.map(({ source, eventId, replay = null }) => ({ source, eventId, replay })));

import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';

export interface EventKey {
  readonly source: string;
  readonly eventId: string;
}

/** Ledger row of an event that failed or is exhausted; its effects are not in Postgres. */
export interface UnappliedEvent extends EventKey {
  readonly type: string;
  readonly body: string;
  readonly receivedAt: Date;
  readonly redrives: number;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

export interface EventStatus extends EventKey {
  readonly status: 'processed' | 'ignored' | 'synthetic' | 'failed' | 'exhausted';
  readonly redrives: number;
}

export type DeadLetterEvent = EventKey & Pick<UnappliedEvent, 'type' | 'body' | 'receivedAt'>;

export type ExhaustedEvent = DeadLetterEvent & {
  readonly errorCode: string;
  readonly errorMessage: string;
};

const FIND_STATUSES = `
  select known.source, event_id as "eventId", status, redrives
  from portal.webhook_events as known
  join jsonb_to_recordset($1::jsonb) as wanted (source text, "eventId" text)
    on wanted.source = known.source and wanted."eventId" = known.event_id`;

/**
 * Inserts the row of an event whose attempts were not recorded, because Postgres was unavailable.
 */
const COUNT_REDRIVES = `
  insert into portal.webhook_events as known
    (source, event_id, type, status, body, received_at, attempts, redrives, error_code,
     error_message, created_at, updated_at)
  select source, "eventId", type, 'failed', body, "receivedAt", 0, 1, 'not-recorded',
         'No attempt could be recorded.', $2::timestamptz, $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as redriven (
    source text, "eventId" text, type text, body text, "receivedAt" timestamptz)
  order by source, "eventId" collate "C"
  on conflict (source, event_id) do update
     set redrives = known.redrives + 1, updated_at = excluded.updated_at
   where known.status = 'failed'`;

const EXHAUST = `
  insert into portal.webhook_events as known
    (source, event_id, type, status, body, received_at, attempts, error_code, error_message,
     created_at, updated_at)
  select source, "eventId", type, 'exhausted', body, "receivedAt", 0, "errorCode", "errorMessage",
         $2::timestamptz, $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as exhausted (
    source text, "eventId" text, type text, body text, "receivedAt" timestamptz,
    "errorCode" text, "errorMessage" text)
  order by source, "eventId" collate "C"
  on conflict (source, event_id) do update
     set status = 'exhausted', body = excluded.body, updated_at = excluded.updated_at
   where known.status = 'failed'`;

const COLUMNS = `
  source, event_id as "eventId", type, body, received_at as "receivedAt", redrives, attempts,
  error_code as "errorCode", error_message as "errorMessage"`;

/**
 * Selects events without any change for so long that their messages must be lost. `lateral` reads
 * the first rows of the index of each provider, instead of sorting all failed events.
 */
const LOCK_ORPHANS = `
  select orphan.*
  from unnest($3::text[]) as wanted (provider)
  cross join lateral (
    select ${COLUMNS}
    from portal.webhook_events
    where status = 'failed' and source = wanted.provider and updated_at < $1::timestamptz
    order by updated_at
    limit $2::int
    for update skip locked) as orphan
  limit $2::int`;

const LOCK_UNESCALATED = `
  select ${COLUMNS}
  from portal.webhook_events
  where status = 'exhausted' and escalated_at is null
  order by received_at
  limit $1::int
  for update skip locked`;

const MARK_ESCALATED = `
  update portal.webhook_events
  set escalated_at = $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as escalated (source text, "eventId" text)
  where webhook_events.source = escalated.source
    and webhook_events.event_id = escalated."eventId"
    and escalated_at is null`;

export async function findEventStatuses(
  db: Queryable,
  keys: readonly EventKey[],
): Promise<readonly EventStatus[]> {
  const { rows } = await db.query<EventStatus & Record<string, unknown>>(FIND_STATUSES, [
    toKeysJson(keys),
  ]);
  return rows;
}

/** Records one more redrive of each event. */
export async function countRedrives(
  db: Queryable,
  events: readonly DeadLetterEvent[],
  now: Date,
): Promise<void> {
  if (events.length > 0) await db.query(COUNT_REDRIVES, [jsonParameter(events), now]);
}

/**
 * Records the events as exhausted.
 * @param events Their errors apply only to events without a row; other rows keep the recorded
 * error.
 */
export async function exhaust(
  db: Queryable,
  events: readonly ExhaustedEvent[],
  now: Date,
): Promise<void> {
  if (events.length > 0) await db.query(EXHAUST, [jsonParameter(events), now]);
}

export interface OrphanSelection {
  readonly updatedBefore: Date;
  readonly limit: number;
  readonly sources: readonly string[];
}

/**
 * Locks failed events that no message represents any more, longest without a change first. Skips
 * rows locked by others.
 */
export async function lockOrphans(
  db: Queryable,
  { updatedBefore, limit, sources }: OrphanSelection,
): Promise<readonly UnappliedEvent[]> {
  const { rows } = await db.query<UnappliedEvent & Record<string, unknown>>(LOCK_ORPHANS, [
    updatedBefore,
    limit,
    sources,
  ]);
  return rows;
}

/** Locks exhausted events that were not escalated, oldest first. Skips rows locked by others. */
export async function lockUnescalated(
  db: Queryable,
  limit: number,
): Promise<readonly UnappliedEvent[]> {
  const { rows } = await db.query<UnappliedEvent & Record<string, unknown>>(LOCK_UNESCALATED, [
    limit,
  ]);
  return rows;
}

export async function markEscalated(
  db: Queryable,
  keys: readonly EventKey[],
  now: Date,
): Promise<void> {
  if (keys.length > 0) await db.query(MARK_ESCALATED, [toKeysJson(keys), now]);
}

const toKeysJson = (keys: readonly EventKey[]) =>
  jsonParameter(keys.map(({ source, eventId }) => ({ source, eventId })));

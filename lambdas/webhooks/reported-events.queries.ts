import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import type { EventKey } from './cause-id.ts';
import type { UnappliedEvent } from './failed-events.queries.ts';

const COLUMNS = `
  source, event_id as "eventId", null as replay, type, received_at as "receivedAt", redrives,
  attempts, error_code as "errorCode", error_message as "errorMessage"`;

const REPLAY_COLUMNS = `
  source, event_id as "eventId", replay, event.type, event.received_at as "receivedAt",
  known.redrives, known.attempts, known.error_code as "errorCode",
  known.error_message as "errorMessage"`;

const LOCK_UNESCALATED = `
  select ${COLUMNS}
  from portal.webhook_events
  where status = 'exhausted' and escalated_at is null
  order by received_at
  limit $1::int
  for update skip locked`;

/** The escalation of an exhausted event covers its replays, so their events are not exhausted. */
const LOCK_UNESCALATED_REPLAYS = `
  select ${REPLAY_COLUMNS}
  from portal.webhook_replays as known
  join portal.webhook_events as event using (source, event_id)
  where known.status = 'exhausted' and known.escalated_at is null and event.status <> 'exhausted'
  order by known.updated_at
  limit $1::int
  for update of known skip locked`;

/** Selects failed events that used up their redrives; only faults of this system leave them so. */
const LOCK_UNREPORTED_WAITING = `
  select ${COLUMNS}
  from portal.webhook_events
  where status = 'failed' and escalated_at is null and redrives >= $2::int
  order by received_at
  limit $1::int
  for update skip locked`;

const LOCK_UNREPORTED_WAITING_REPLAYS = `
  select ${REPLAY_COLUMNS}
  from portal.webhook_replays as known
  join portal.webhook_events as event using (source, event_id)
  where known.status = 'failed' and known.escalated_at is null and known.redrives >= $2::int
    and event.status <> 'failed'
  order by known.updated_at
  limit $1::int
  for update of known skip locked`;

/** Codes of reported faults with which events or replays still wait. */
const REPORTED_CODES = `
  select error_code as code from portal.webhook_events
  where status = 'failed' and escalated_at is not null
  union
  select error_code from portal.webhook_replays
  where status = 'failed' and escalated_at is not null`;

const MARK_REPORTED = `
  update portal.webhook_events as known
  set escalated_at = $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as reported (source text, "eventId" text, replay text)
  where known.source = reported.source and known.event_id = reported."eventId"
    and reported.replay is null and escalated_at is null`;

const MARK_REPLAYS_REPORTED = `
  update portal.webhook_replays as known
  set escalated_at = $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as reported (source text, "eventId" text, replay text)
  where known.source = reported.source and known.event_id = reported."eventId"
    and known.replay = coalesce(reported.replay, known.replay)
    and known.status = any($3::text[]) and known.escalated_at is null`;

/**
 * Locks exhausted events and replays that were not escalated, oldest first, up to `limit` of each.
 * Skips rows locked by others.
 */
export async function lockUnescalated(
  db: Queryable,
  limit: number,
): Promise<readonly UnappliedEvent[]> {
  const [events, replays] = await Promise.all([
    db.query<UnappliedEvent & Record<string, unknown>>(LOCK_UNESCALATED, [limit]),
    db.query<UnappliedEvent & Record<string, unknown>>(LOCK_UNESCALATED_REPLAYS, [limit]),
  ]);
  return [...events.rows, ...replays.rows];
}

/** Locks failed events and replays without redrives left that were not reported as waiting. */
export async function lockUnreportedWaiting(
  db: Queryable,
  limit: number,
  maxRedrives: number,
): Promise<readonly UnappliedEvent[]> {
  const values = [limit, maxRedrives];
  const [events, replays] = await Promise.all([
    db.query<UnappliedEvent & Record<string, unknown>>(LOCK_UNREPORTED_WAITING, values),
    db.query<UnappliedEvent & Record<string, unknown>>(LOCK_UNREPORTED_WAITING_REPLAYS, values),
  ]);
  return [...events.rows, ...replays.rows];
}

export async function findReportedCodes(db: Queryable): Promise<ReadonlySet<string | null>> {
  const { rows } = await db.query<{ code: string | null }>(REPORTED_CODES);
  return new Set(rows.map(({ code }) => code));
}

/** Marks events as escalated. The escalation of an event covers its exhausted replays. */
export const markEscalated = (db: Queryable, keys: readonly EventKey[], now: Date) =>
  markReported(db, keys, ['exhausted'], now);

/** Marks events as reported to be waiting for a repair of this system. */
export const markWaiting = (db: Queryable, keys: readonly EventKey[], now: Date) =>
  markReported(db, keys, ['failed'], now);

async function markReported(
  db: Queryable,
  keys: readonly EventKey[],
  replayStatuses: readonly string[],
  now: Date,
): Promise<void> {
  if (keys.length === 0) return;
  const json = jsonParameter(
    keys.map(({ source, eventId, replay = null }) => ({ source, eventId, replay })),
  );
  await Promise.all([
    db.query(MARK_REPORTED, [json, now]),
    db.query(MARK_REPLAYS_REPORTED, [json, now, replayStatuses]),
  ]);
}

import type { Queryable } from '../platform/postgres/database.ts';

export interface EventKey {
  readonly source: string;
  readonly eventId: string;
}

/** An event whose effects are not in Postgres. */
export interface OpenEvent extends EventKey {
  readonly type: string;
  readonly body: string;
  readonly receivedAt: Date;
  readonly redrives: number;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

export interface Standing extends EventKey {
  readonly status: 'processed' | 'ignored' | 'synthetic' | 'failed' | 'exhausted';
  readonly redrives: number;
}

const STANDING = `
  select known.source, event_id as "eventId", status, redrives
  from portal.webhook_events as known
  join jsonb_to_recordset($1::jsonb) as wanted (source text, "eventId" text)
    on wanted.source = known.source and wanted."eventId" = known.event_id`;

/** An event of which no attempt could be written down, for want of Postgres, has its first row here. */
const COUNT_REDRIVES = `
  insert into portal.webhook_events as known
    (source, event_id, type, status, body, received_at, attempts, redrives, error_code, error_message, created_at,
     updated_at)
  select source, "eventId", type, 'failed', body, "receivedAt", 0, 1, 'not-recorded',
         'No attempt could be written down.', $2::timestamptz, $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as redriven (
    source text, "eventId" text, type text, body text, "receivedAt" timestamptz)
  order by source, "eventId" collate "C"
  on conflict (source, event_id) do update
     set redrives = known.redrives + 1, updated_at = excluded.updated_at
   where known.status = 'failed'`;

const EXHAUST = `
  insert into portal.webhook_events as known
    (source, event_id, type, status, body, received_at, attempts, error_code, error_message, created_at, updated_at)
  select source, "eventId", type, 'exhausted', body, "receivedAt", 0, "errorCode", "errorMessage", $2::timestamptz,
         $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as exhausted (
    source text, "eventId" text, type text, body text, "receivedAt" timestamptz, "errorCode" text, "errorMessage" text)
  order by source, "eventId" collate "C"
  on conflict (source, event_id) do update
     set status = 'exhausted', body = excluded.body, updated_at = excluded.updated_at
   where known.status = 'failed'`;

const COLUMNS = `
  source, event_id as "eventId", type, body, received_at as "receivedAt", redrives, attempts,
  error_code as "errorCode", error_message as "errorMessage"`;

/** Nothing has happened to them for so long that no message can still be on its way. */
const LOCK_STRANDED = `
  select ${COLUMNS}
  from portal.webhook_events
  where status = 'failed' and updated_at < $1::timestamptz and source = any($3::text[])
  order by received_at
  limit $2::int
  for update skip locked`;

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
  from jsonb_to_recordset($1::jsonb) as told (source text, "eventId" text)
  where webhook_events.source = told.source and webhook_events.event_id = told."eventId" and escalated_at is null`;

export async function findStanding(
  db: Queryable,
  keys: readonly EventKey[],
): Promise<readonly Standing[]> {
  const wanted = keys.map(({ source, eventId }) => ({ source, eventId }));
  const { rows } = await db.query<Standing & Record<string, unknown>>(STANDING, [
    JSON.stringify(wanted),
  ]);
  return rows;
}

export type DeadEvent = EventKey & Pick<OpenEvent, 'type' | 'body' | 'receivedAt'>;

export async function countRedrives(
  db: Queryable,
  events: readonly DeadEvent[],
  now: Date,
): Promise<void> {
  if (events.length > 0) await db.query(COUNT_REDRIVES, [JSON.stringify(events), now]);
}

export type ExhaustedEvent = DeadEvent & {
  readonly errorCode: string;
  readonly errorMessage: string;
};

/** @param events Their error is only for those of which the ledger has none. */
export async function exhaust(
  db: Queryable,
  events: readonly ExhaustedEvent[],
  now: Date,
): Promise<void> {
  if (events.length > 0) await db.query(EXHAUST, [JSON.stringify(events), now]);
}

export interface StrandedSelection {
  readonly before: Date;
  readonly limit: number;
  readonly sources: readonly string[];
}

export async function lockStranded(
  db: Queryable,
  { before, limit, sources }: StrandedSelection,
): Promise<readonly OpenEvent[]> {
  const { rows } = await db.query<OpenEvent & Record<string, unknown>>(LOCK_STRANDED, [
    before,
    limit,
    sources,
  ]);
  return rows;
}

export async function lockUnescalated(db: Queryable, limit: number): Promise<readonly OpenEvent[]> {
  const { rows } = await db.query<OpenEvent & Record<string, unknown>>(LOCK_UNESCALATED, [limit]);
  return rows;
}

export async function markEscalated(
  db: Queryable,
  keys: readonly EventKey[],
  now: Date,
): Promise<void> {
  const told = keys.map(({ source, eventId }) => ({ source, eventId }));
  if (told.length > 0) await db.query(MARK_ESCALATED, [JSON.stringify(told), now]);
}

import type { EventOrigin } from '../catalog/statuses.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import { appendEntry, failureEntry } from './event-history.ts';
import { ENTRY_ORIGIN, originOf } from './event-origin.queries.ts';
import { recordReplayFailed, recordReplaysProcessed, replaysOf } from './replays.queries.ts';

/** Columns of the ledger that every entry has. The column `source` holds the provider. */
export interface LedgerEntry {
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly receivedAt: Date;
  readonly body: string;
  /** @default 'signed' */
  readonly origin?: EventOrigin | undefined;
  /** Set for a replay, which is recorded in portal.webhook_replays too. */
  readonly replay?: string | undefined;
}

export interface ProcessedEntry extends LedgerEntry {
  readonly status: 'processed' | 'ignored' | 'synthetic';
  /** Ids of the inserted rows, by kind. */
  readonly effects: Readonly<Record<string, readonly string[]>>;
}

export interface FailedEntry extends LedgerEntry {
  readonly status: 'failed' | 'exhausted';
  readonly errorCode: string;
  readonly errorMessage: string;
}

/**
 * Passes each body as a separate parameter. Inside the JSON text a body would be escaped here, and
 * parsed and copied four times by Postgres, which takes a third of the statement's time.
 * @param count Number of bodies.
 */
const insertProcessed = (count: number) => `
  insert into portal.webhook_events as known
    (source, event_id, type, status, body, received_at, processed_at, effects, origin, created_at,
     updated_at)
  select source, "eventId", type, status, body, "receivedAt", $2::timestamptz, effects,
         ${ENTRY_ORIGIN}, $2::timestamptz, $2::timestamptz
  from rows from (
    jsonb_to_recordset($1::jsonb) as (
      source text, "eventId" text, type text, status text, "receivedAt" timestamptz,
      effects jsonb, origin text),
    unnest(array[${Array.from({ length: count }, (_, index) => `$${index + 3}::text`)}])
  ) as entry (source, "eventId", type, status, "receivedAt", effects, origin, body)
  order by source, "eventId" collate "C"
  on conflict (source, event_id) do update
     set status = excluded.status, body = excluded.body, processed_at = excluded.processed_at,
         effects = excluded.effects, origin = excluded.origin, attempts = known.attempts + 1,
         updated_at = excluded.updated_at
   where known.status in ('failed', 'exhausted', 'closed')`;

const FAILED_ATTEMPT = failureEntry('failed-attempt', {
  at: '$9::timestamptz',
  code: '$7::text',
  message: '$8::text',
});

const DELIVERY_ORIGIN = originOf({
  provider: '$1::text',
  eventId: '$2::text',
  receivedAt: '$6::timestamptz',
  named: '$10::text',
});

/**
 * A failure never overwrites a processed, ignored, synthetic or closed event. An event that becomes
 * exhausted is escalated, also if it was reported as waiting before.
 */
const INSERT_FAILED = `
  insert into portal.webhook_events as known
    (source, event_id, type, status, body, received_at, error_code, error_message, history,
     created_at, updated_at, origin)
  values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::timestamptz, $7::text, $8::text,
          jsonb_build_array(${FAILED_ATTEMPT}), $9::timestamptz, $9::timestamptz,
          ${DELIVERY_ORIGIN})
  on conflict (source, event_id) do update
     set status = excluded.status, error_code = excluded.error_code,
         error_message = excluded.error_message, attempts = known.attempts + 1,
         history = ${appendEntry('known.history', FAILED_ATTEMPT)},
         escalated_at = case when known.status = 'failed' and excluded.status = 'exhausted'
                             then null else known.escalated_at end,
         updated_at = excluded.updated_at
   where known.status in ('failed', 'exhausted')`;

const FIND_APPLIED = `
  select event_id as "eventId" from portal.webhook_events
  where source = $1::text and event_id = any($2::text[])
    and status not in ('failed', 'exhausted', 'closed')`;

/** Returns those of the events that were applied. Issues no query for an empty list. */
export async function findAppliedEvents(
  db: Queryable,
  source: string,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (eventIds.length === 0) return new Set();
  const { rows } = await db.query<{ eventId: string }>(FIND_APPLIED, [source, eventIds]);
  return new Set(rows.map(({ eventId }) => eventId));
}

/** Issues all statements synchronously. No event may occur twice. */
export async function recordProcessed(
  db: Queryable,
  entries: readonly ProcessedEntry[],
  now: Date,
): Promise<void> {
  if (entries.length === 0) return;
  const bodies = entries.map(({ body }) => body);
  const withoutBodies = entries.map(({ body: _, ...entry }) => entry);
  await Promise.all([
    db.query(insertProcessed(entries.length), [jsonParameter(withoutBodies), now, ...bodies]),
    recordReplaysProcessed(db, replaysOf(entries), now),
  ]);
}

export async function recordFailed(db: Queryable, entry: FailedEntry, now: Date): Promise<void> {
  const { source, eventId, type, status, body, receivedAt, errorCode, errorMessage } = entry;
  const replays = replaysOf([entry]);
  await db.query(INSERT_FAILED, [
    source,
    eventId,
    type,
    status,
    body,
    receivedAt,
    errorCode,
    errorMessage,
    now,
    entry.origin ?? 'signed',
  ]);
  for (const replay of replays) await recordReplayFailed(db, replay, now);
}

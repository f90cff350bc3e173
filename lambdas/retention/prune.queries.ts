import { log } from '../platform/logger.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import { PERSONAL_STATEMENTS, type PersonalPrunable } from './prune-personal.queries.ts';

/** Kinds of rows that the daily prune removes. */
export type Prunable =
  | 'webhookBodies'
  | 'webhookEvents'
  | 'idempotencyRecords'
  | 'outboxEntries'
  | 'jobRuns'
  | 'shareLinkExpiries'
  | 'missedEvents'
  | PersonalPrunable;

/**
 * Removes up to `$2` rows older than `$1`, oldest first, by an index of each table. Skips locked
 * rows. Removing a body keeps the event's row, as a provider may send the same event again. Bodies
 * of failed and exhausted events stay, because a retry or a replay needs them.
 */
const STATEMENTS: Readonly<Record<Exclude<Prunable, 'webhookEvents'>, string>> = {
  webhookBodies: `
    update portal.webhook_events
       set body = null
     where id = any(array(
       select id from portal.webhook_events
        where body is not null and received_at < $1::timestamptz
          and status not in ('failed', 'exhausted')
        order by received_at limit $2::integer for update skip locked))`,
  // `expiry` holds the end of the record's lifetime in epoch seconds. A comparison with a numeric
  // would not use the index.
  idempotencyRecords: `
    delete from portal.idempotency_records
     where id = any(array(
       select id from portal.idempotency_records
        where expiry < ceil(extract(epoch from $1::timestamptz))::bigint
        order by expiry limit $2::integer for update skip locked))`,
  outboxEntries: `
    delete from portal.outbox
     where id = any(array(
       select id from portal.outbox
        where published_at is not null and published_at < $1::timestamptz
        order by published_at limit $2::integer for update skip locked))`,
  jobRuns: `
    delete from portal.job_runs
     where id = any(array(
       select id from portal.job_runs
        where finished_at < $1::timestamptz
        order by finished_at limit $2::integer for update skip locked))`,
  shareLinkExpiries: `
    delete from portal.share_link_expiries
     where ctid = any(array(
       select ctid from portal.share_link_expiries
        where run_at < $1::timestamptz and mailed_at is not null
        order by run_at, owner_id limit $2::integer for update skip locked))`,
  missedEvents: `
    delete from portal.missed_events
     where ctid = any(array(
       select ctid from portal.missed_events
        where found_at < $1::timestamptz
        order by found_at limit $2::integer for update skip locked))`,
  ...PERSONAL_STATEMENTS,
};

/**
 * Checks only the rows with the lowest ids. Ids follow the order of arrival except for retried
 * events, so the first rows show whether any row is old enough. An index on `received_at` would
 * slow down each insert.
 */
const PRUNE_EVENTS = `
  with first as materialized (
    select id, source, event_id, received_at from portal.webhook_events
     order by id limit $2::integer for update skip locked
  ), replays as (
    delete from portal.webhook_replays using first
     where webhook_replays.source = first.source and webhook_replays.event_id = first.event_id
       and first.received_at < $1::timestamptz
  )
  delete from portal.webhook_events using first
   where webhook_events.id = first.id and first.received_at < $1::timestamptz
  returning first.source as provider, first.event_id as event, webhook_events.status,
            webhook_events.error_code as code`;

interface PrunedEvent extends Record<string, unknown> {
  readonly provider: string;
  readonly event: string;
  readonly status: string;
  readonly code: string | null;
}

/** Logs the events that ended although they were neither applied nor closed. */
function logOpenEvents(pruned: readonly PrunedEvent[]): void {
  const events = pruned.filter(({ status }) => status === 'failed' || status === 'exhausted');
  if (events.length > 0) log.warn('Open events deleted', { count: events.length, events });
}

/** @returns the number of removed rows; fewer than `limit` if none is left. */
export async function pruneChunk(
  db: Queryable,
  kind: Prunable,
  before: Date,
  limit: number,
): Promise<number> {
  const statement = kind === 'webhookEvents' ? PRUNE_EVENTS : STATEMENTS[kind];
  const { rowCount, rows } = await db.query<PrunedEvent>(statement, [before, limit]);
  if (kind === 'webhookEvents') logOpenEvents(rows);
  return rowCount ?? 0;
}

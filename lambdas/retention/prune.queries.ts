import type { Queryable } from '../platform/postgres/database.ts';

/** What the daily prune goes by: everything before this moment is over with. */
export type Prunable =
  | 'webhookBodies'
  | 'webhookEvents'
  | 'idempotencyRecords'
  | 'outboxEntries'
  | 'jobRuns'
  | 'shareLinkExpiries';

/**
 * Each removes `$2` rows at most, the oldest first, by an index of its own, and leaves alone what somebody else has
 * locked. The event stays known without its body: a provider may send it again.
 */
const STATEMENTS: Readonly<Record<Exclude<Prunable, 'webhookEvents'>, string>> = {
  webhookBodies: `
    update portal.webhook_events
       set body = null
     where id = any(array(
       select id from portal.webhook_events
        where body is not null and received_at < $1::timestamptz
        order by received_at limit $2::integer for update skip locked))`,
  // A record says itself when it has expired, in epoch seconds.
  idempotencyRecords: `
    delete from portal.idempotency_records
     where id = any(array(
       select id from portal.idempotency_records
        where expiry < extract(epoch from $1::timestamptz)
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
};

/**
 * Ids follow the order of arrival, but for what was retried, so a look at the first few says whether any are old
 * enough: an index over all times, which each new event would have to pay for, is not needed.
 */
const PRUNE_EVENTS = `
  with first as materialized (
    select id, received_at from portal.webhook_events order by id limit $2::integer for update skip locked
  )
  delete from portal.webhook_events using first
   where webhook_events.id = first.id and first.received_at < $1::timestamptz`;

/** @returns how many there were; fewer than `limit` where that was all. */
export async function pruneChunk(
  db: Queryable,
  what: Prunable,
  before: Date,
  limit: number,
): Promise<number> {
  const statement = what === 'webhookEvents' ? PRUNE_EVENTS : STATEMENTS[what];
  const { rowCount } = await db.query(statement, [before, limit]);
  return rowCount ?? 0;
}

import type pg from 'pg';
import type { Clock } from '../platform/clock.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import type { PublishResult } from './put-events.ts';

/** A domain event to publish. `detail` follows a schema of catalog/domain-events.ts. */
export interface OutboxEntry {
  readonly id: string;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

// The id is derived from the entry's origin, so a replayed event inserts nothing.
const INSERT = `
  insert into portal.outbox (id, type, detail, created_at)
  select id, type, detail, created_at
  from jsonb_to_recordset($1::jsonb)
       as entry (id uuid, type text, detail jsonb, created_at timestamptz)
  order by id
  on conflict (id) do nothing`;

/** Locks the oldest unpublished entries. Skips entries that a concurrent run is publishing. */
const LOCK_UNPUBLISHED = `
  select id, type, detail, created_at as "createdAt"
  from portal.outbox
  where published_at is null and created_at <= $1::timestamptz
  order by created_at, id
  limit $2::int
  for update skip locked`;

// `coalesce` keeps the planner off the partial index, which fills with dead tuples between vacuums.
const MARK_PUBLISHED = `
  update portal.outbox
  set published_at = $2::timestamptz, attempts = attempts + 1, last_error = null
  where id = any($1::uuid[]) and coalesce(published_at, 'infinity') = 'infinity'`;

const MARK_FAILED = `
  update portal.outbox
  set attempts = attempts + 1, last_error = failed.error
  from jsonb_to_recordset($1::jsonb) as failed (id uuid, error text)
  where portal.outbox.id = failed.id and published_at is null`;

const COMMIT_ASYNCHRONOUSLY = `
  set local synchronous_commit = off`;

export async function insertOutboxEntries(
  db: Queryable,
  entries: readonly OutboxEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ createdAt, ...entry }) => ({ ...entry, created_at: createdAt }));
  await db.query(INSERT, [JSON.stringify(rows)]);
}

/** Marks the published entries, and records the error of each failed entry. */
export async function markResult(
  db: Queryable,
  { published, failed }: PublishResult,
  at: Date,
): Promise<void> {
  await Promise.all([
    published.length > 0 && db.query(MARK_PUBLISHED, [published, at]),
    failed.length > 0 && db.query(MARK_FAILED, [JSON.stringify(failed)]),
  ]);
}

/**
 * Marks entries after their publication, in a transaction that does not wait for the disk. If a
 * crash of Postgres loses the marks, the relay publishes the entries again with the same ids.
 */
export async function markPublished(pool: pg.Pool, result: PublishResult, at: Date): Promise<void> {
  await inTransaction(pool, async (tx) => {
    tx.deferUntilCommit(Promise.all([tx.query(COMMIT_ASYNCHRONOUSLY), markResult(tx, result, at)]));
  });
}

/**
 * Publishes the oldest entries while their rows are locked, so that two relays never share entries.
 * @param limit Bounds the number of entries, as the transaction stays open during `publish`.
 */
export function publishOldest(
  pool: pg.Pool,
  { createdBefore, limit }: { readonly createdBefore: Date; readonly limit: number },
  publish: (entries: readonly OutboxEntry[]) => Promise<PublishResult>,
  now: Clock,
): Promise<PublishResult> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<OutboxEntry & pg.QueryResultRow>(LOCK_UNPUBLISHED, [
      createdBefore,
      limit,
    ]);
    const result = await publish(rows);
    await markResult(tx, result, now());
    return result;
  });
}

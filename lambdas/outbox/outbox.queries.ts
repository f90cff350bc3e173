import type pg from 'pg';
import type { Clock } from '../platform/clock.ts';
import type { Queryable } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import type { PublishResult } from './put-events.ts';

/** A domain event on its way to EventBridge; `detail` is one of the shapes of domain-events.ts. */
export interface OutboxEntry {
  readonly id: string;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

// An id follows from what made the entry, so that a replayed event finds it here and does not publish it again.
const INSERT = `
  insert into portal.outbox (id, type, detail, created_at)
  select id, type, detail, created_at
  from jsonb_to_recordset($1::jsonb) as entry (id uuid, type text, detail jsonb, created_at timestamptz)
  order by id
  on conflict (id) do nothing`;

/** Oldest first; entries that somebody else is publishing at this moment are left to them. */
const LOCK_UNPUBLISHED = `
  select id, type, detail, created_at as "createdAt"
  from portal.outbox
  where published_at is null and created_at <= $1::timestamptz
  order by created_at, id
  limit $2::int
  for update skip locked`;

// Said so that the index of unpublished entries is no way to them: between two vacuums it is full of dead ones.
const MARK_PUBLISHED = `
  update portal.outbox
  set published_at = $2::timestamptz, attempts = attempts + 1, last_error = null
  where id = any($1::uuid[]) and coalesce(published_at, 'infinity') = 'infinity'`;

const MARK_FAILED = `
  update portal.outbox
  set attempts = attempts + 1, last_error = failed.error
  from jsonb_to_recordset($1::jsonb) as failed (id uuid, error text)
  where portal.outbox.id = failed.id and published_at is null`;

const WITHOUT_DISK = `
  set local synchronous_commit = off`;

export async function insertOutboxEntries(
  db: Queryable,
  entries: readonly OutboxEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ createdAt, ...entry }) => ({ ...entry, created_at: createdAt }));
  await db.query(INSERT, [JSON.stringify(rows)]);
}

/** What EventBridge took is published; what it did not take keeps the reason. */
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
 * For what is committed already. It does not wait for the disk: where a crash of the server undoes it, the relay publishes
 * once more what consumers know by its id.
 */
export async function markPublished(pool: pg.Pool, result: PublishResult, at: Date): Promise<void> {
  await inTransaction(pool, async (tx) => {
    tx.deferUntilCommit(Promise.all([tx.query(WITHOUT_DISK), markResult(tx, result, at)]));
  });
}

/**
 * Publishes the oldest entries while it holds them, so that nobody else publishes them at the same time.
 * @param limit At most so many: the transaction stays open while `publish` works.
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

import type pg from 'pg';
import type { Queryable } from '../platform/postgres/database.ts';
import { inTransaction } from '../platform/postgres/transaction.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import type { PublishResult } from './put-events.ts';

/** Rejections after which an entry is set aside: some six minutes after the first. */
export const MAX_REJECTIONS = 5;

const FIRST_BACKOFF_SECONDS = 30;
const MAX_BACKOFF_SECONDS = 120;

// Longer than a round: two calls with two attempts of 2 s each, and the marks.
const LEASE_SECONDS = 30;

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

/**
 * Leases the oldest due entries after a position: no other run publishes them until the lease ends.
 * No transaction stays open during the calls to EventBridge. Skips set-aside entries, and entries
 * that a concurrent run is leasing.
 */
const LEASE_DUE = `
  update portal.outbox as entry
  set next_attempt_at = $2::timestamptz + interval '1 second' * $3::int
  where id = any(array(
    select id
    from portal.outbox
    where published_at is null and set_aside_at is null and created_at <= $1::timestamptz
      and coalesce(next_attempt_at, '-infinity') <= $2::timestamptz
      and (created_at, id) > ($4::timestamptz, $5::uuid)
    order by created_at, id
    limit $6::int
    for update skip locked))
  returning id, type, detail, created_at::text as "createdAt"`;

// `coalesce` keeps the planner off the partial index, which fills with dead tuples between vacuums.
const MARK_PUBLISHED = `
  update portal.outbox
  set published_at = $2::timestamptz, attempts = attempts + 1, last_error = null,
      next_attempt_at = null, set_aside_at = null
  where id = any($1::uuid[]) and coalesce(published_at, 'infinity') = 'infinity'`;

/**
 * Rejected entries wait longer after each rejection, and are set aside after `$3` rejections. Other
 * entries are due at once, because the next run may find EventBridge available. The ids are a
 * separate parameter, because Postgres cannot estimate the number of rows in a JSON text.
 */
const MARK_FAILED = `
  update portal.outbox as entry
  set attempts = attempts + 1,
      rejections = entry.rejections + failed.rejected::int,
      last_error = failed.error,
      next_attempt_at = case when failed.rejected then $2::timestamptz
        + interval '1 second' * least($4::int * power(2, entry.rejections), $5::int) end,
      set_aside_at = case when failed.rejected and entry.rejections + 1 >= $3::int
        then $2::timestamptz end
  from jsonb_to_recordset($1::jsonb) as failed (id uuid, error text, rejected boolean)
  where entry.id = failed.id and entry.id = any($6::uuid[])
    and published_at is null and set_aside_at is null`;

const COMMIT_ASYNCHRONOUSLY = `
  set local synchronous_commit = off`;

export async function insertOutboxEntries(
  db: Queryable,
  entries: readonly OutboxEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ createdAt, ...entry }) => ({ ...entry, created_at: createdAt }));
  await db.query(INSERT, [jsonParameter(rows)]);
}

/** Marks the published entries, and records the error of each failed entry. */
export async function markResult(
  db: Queryable,
  { published, failed }: PublishResult,
  at: Date,
): Promise<void> {
  await Promise.all([
    published.length > 0 && db.query(MARK_PUBLISHED, [published, at]),
    failed.length > 0 && db.query(MARK_FAILED, failureParameters(failed, at)),
  ]);
}

function failureParameters(failed: PublishResult['failed'], at: Date): readonly unknown[] {
  const rows = failed.map(({ id, error, kind }) => ({ id, error, rejected: kind === 'rejected' }));
  return [
    jsonParameter(rows),
    at,
    MAX_REJECTIONS,
    FIRST_BACKOFF_SECONDS,
    MAX_BACKOFF_SECONDS,
    rows.map(({ id }) => id),
  ];
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

/** Entry that a relay leased. `createdAt` is text, because a Date drops microseconds. */
export type LeasedEntry = Omit<OutboxEntry, 'createdAt'> & { readonly createdAt: string };

/** Position of a run in the outbox: the last entry that it leased. */
export type OutboxPosition = Pick<LeasedEntry, 'id' | 'createdAt'>;

export const OUTBOX_START: OutboxPosition = {
  createdAt: '-infinity',
  id: '00000000-0000-0000-0000-000000000000',
};

export interface LeaseSelection {
  readonly createdBefore: Date;
  readonly after: OutboxPosition;
  readonly limit: number;
}

/** Leases due entries and returns them, oldest first. */
export async function leaseDueEntries(
  db: Queryable,
  { createdBefore, after, limit }: LeaseSelection,
  now: Date,
): Promise<readonly LeasedEntry[]> {
  const { rows } = await db.query<LeasedEntry & pg.QueryResultRow>(LEASE_DUE, [
    createdBefore,
    now,
    LEASE_SECONDS,
    after.createdAt,
    after.id,
    limit,
  ]);
  return rows.toSorted(byPosition);
}

// Timestamps in one time zone sort as text: a fraction without further digits comes first.
function byPosition(one: OutboxPosition, other: OutboxPosition): number {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}

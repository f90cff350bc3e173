import type { Queryable } from './database.ts';

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

const MARK_PUBLISHED = `
  update portal.outbox
  set published_at = $2::timestamptz, attempts = attempts + 1, last_error = null
  where id = any($1::uuid[]) and published_at is null`;

const MARK_FAILED = `
  update portal.outbox
  set attempts = attempts + 1, last_error = failed.error
  from jsonb_to_recordset($1::jsonb) as failed (id uuid, error text)
  where portal.outbox.id = failed.id and published_at is null`;

export async function insertOutboxEntries(db: Queryable, entries: readonly OutboxEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ createdAt, ...entry }) => ({ ...entry, created_at: createdAt }));
  await db.query(INSERT, [JSON.stringify(rows)]);
}

/** Locks them until the transaction of `db` ends. @param createdBefore leaves the newest to whoever made them. */
export async function lockUnpublished(
  db: Queryable,
  { createdBefore, limit }: { createdBefore: Date; limit: number },
): Promise<readonly OutboxEntry[]> {
  const { rows } = await db.query<OutboxEntry>(LOCK_UNPUBLISHED, [createdBefore, limit]);
  return rows;
}

export async function markPublished(db: Queryable, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length > 0) await db.query(MARK_PUBLISHED, [ids, at]);
}

export async function markPublishFailed(
  db: Queryable,
  failures: readonly { readonly id: string; readonly error: string }[],
): Promise<void> {
  if (failures.length > 0) await db.query(MARK_FAILED, [JSON.stringify(failures)]);
}

import type { Queryable } from '../platform/postgres/database.ts';

export interface UnpublishedEntry {
  readonly id: string;
  readonly type: string;
  readonly createdAt: Date;
  readonly attempts: number;
  readonly rejections: number;
  readonly nextAttemptAt: Date | null;
  readonly setAsideAt: Date | null;
  /** Size of the detail. */
  readonly bytes: number;
  readonly error: string | null;
}

const LIST = `
  select id, type, created_at as "createdAt", attempts, rejections,
         next_attempt_at as "nextAttemptAt", set_aside_at as "setAsideAt",
         octet_length(detail::text) as bytes, last_error as error
    from portal.outbox
   where published_at is null
     and (set_aside_at is not null) = ($1::text = 'set-aside')
     and ($2::text is null or type = $2)
     and ($4::uuid is null
          or (created_at, id) > (select created_at, id from portal.outbox where id = $4::uuid))
   order by created_at, id
   limit $3::int`;

export interface UnpublishedPage {
  readonly status: 'set-aside' | 'waiting';
  readonly type: string | undefined;
  readonly limit: number;
  /** Id of the last entry of the previous page. */
  readonly after?: string | undefined;
}

export async function listUnpublished(
  db: Queryable,
  { status, type, limit, after }: UnpublishedPage,
): Promise<readonly UnpublishedEntry[]> {
  const values = [status, type ?? null, limit, after ?? null];
  const { rows } = await db.query<UnpublishedEntry & Record<string, unknown>>(LIST, values);
  return rows;
}

export interface RetryFilter {
  readonly entry: string | undefined;
  readonly type: string | undefined;
}

const IS_RETRIABLE = `
      published_at is null and (set_aside_at is not null or rejections > 0)
  and ($1::uuid is null or id = $1)
  and ($2::text is null or type = $2)`;

const COUNT_RETRIABLE = `
  select count(*)::int as count from portal.outbox where ${IS_RETRIABLE}`;

/** Makes rejected entries due, with all attempts. Skips entries that the relay is leasing. */
const RETRY = `
  update portal.outbox
     set set_aside_at = null, next_attempt_at = null, rejections = 0
   where published_at is null
     and id = any(array(
       select id from portal.outbox
        where ${IS_RETRIABLE}
        order by created_at, id limit $3::int for update skip locked))
  returning id, type`;

export interface RetriedEntry {
  readonly id: string;
  readonly type: string;
}

export async function countRetriable(db: Queryable, filter: RetryFilter): Promise<number> {
  const { rows } = await db.query<{ count: number }>(COUNT_RETRIABLE, filterParameters(filter));
  return rows[0]?.count ?? 0;
}

export async function retryRejected(
  db: Queryable,
  filter: RetryFilter,
  limit: number,
): Promise<readonly RetriedEntry[]> {
  const values = [...filterParameters(filter), limit];
  const { rows } = await db.query<RetriedEntry & Record<string, unknown>>(RETRY, values);
  return rows;
}

const filterParameters = ({ entry, type }: RetryFilter) => [entry ?? null, type ?? null];

const CONTENT = `
  id, type, detail, created_at as "createdAt", rejections, last_error as error`;

const FIND_SET_ASIDE = `
  select ${CONTENT} from portal.outbox
   where id = $1::uuid and published_at is null and set_aside_at is not null`;

const DELETE_SET_ASIDE = `
  delete from portal.outbox
   where id = $1::uuid and published_at is null and set_aside_at is not null
  returning ${CONTENT}`;

export interface SetAsideEntry {
  readonly id: string;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly rejections: number;
  readonly error: string | null;
}

export async function findSetAside(db: Queryable, id: string): Promise<SetAsideEntry | undefined> {
  const { rows } = await db.query<SetAsideEntry & Record<string, unknown>>(FIND_SET_ASIDE, [id]);
  return rows[0];
}

export async function deleteSetAside(
  db: Queryable,
  id: string,
): Promise<SetAsideEntry | undefined> {
  const { rows } = await db.query<SetAsideEntry & Record<string, unknown>>(DELETE_SET_ASIDE, [id]);
  return rows[0];
}

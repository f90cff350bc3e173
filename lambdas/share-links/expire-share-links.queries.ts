import { eventTextLimits } from '../catalog/domain-events.ts';
import type { Queryable } from '../platform/postgres/database.ts';

/** Position of a run in the due links. Text keeps Postgres' microseconds, which a Date drops. */
export interface Cursor {
  readonly expiresAt: string;
  readonly id: string;
}

export const START: Cursor = { expiresAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' };

export interface Chunk {
  /** Scheduled time of the run. A link that expires at exactly this time is not due yet. */
  readonly scheduledAt: Date;
  readonly after: Cursor;
  /** Number of due links after the cursor that select the owners of this chunk. */
  readonly seedLinks: number;
  /** Maximum number of links of these owners, including the seed links. */
  readonly limit: number;
  readonly now: Date;
}

export interface ExpiredChunk {
  readonly expired: number;
  readonly revoked: number;
  readonly owners: number;
  /** Position of the last seed link; undefined if no due link was left. */
  readonly last: Cursor | undefined;
}

/** Maximum number of links listed in one mail; the mail gives the number of the others. */
export const LISTED_LINKS = 50;

// 100 links take about 20 KB, so ten such events fit into one EventBridge call.
const LINKS_PER_EVENT = 100;

/**
 * Expires a chunk of links with all effects in one statement, and therefore in one transaction.
 *
 * - A chunk contains all due links of its owners. Chunks in order of time would update the same
 *   owner's expiry note in each chunk.
 * - The cursor keeps a chunk from reading the dead index entries of all earlier chunks.
 * - Locked rows, and rows changed since the statement began (other ctid), are left to a later run.
 * - Owners are sorted, so that concurrent runs cannot deadlock on the expiry notes.
 * - `to_jsonb(array_agg(…))` takes a third of the time of `jsonb_agg(jsonb_build_object(…))`.
 */
const EXPIRE_CHUNK = `
  with seed as materialized (
    select id, expires_at, owner_id
      from portal.share_links
     where status = 'active' and expires_at < $1::timestamptz
       and (expires_at, id) > ($2::timestamptz, $3::uuid)
     order by expires_at, id
     limit $4::integer
  ), due as materialized (
    select link.ctid as place, link.owner_id
      from (select distinct owner_id from seed order by owner_id) as owner
      join portal.share_links as link on link.owner_id = owner.owner_id
     where link.status = 'active' and link.expires_at < $1::timestamptz
     order by link.owner_id, link.expires_at, link.id
     limit $5::integer
       for update of link skip locked
  ), expired as (
    update portal.share_links as link
       set status = 'expired', expired_at = $6::timestamptz
      from due
     where link.ctid = due.place and link.status = 'active'
    returning link.id, link.asset_id, link.owner_id, link.label, link.expires_at
  ), revoked as (
    update portal.share_link_tokens as token
       set revoked_at = $6::timestamptz
     where token.share_link_id = any(array(select id from expired)) and token.revoked_at is null
    returning true
  ), described as (
    select id as "shareLinkId", asset_id as "assetId", owner_id as "ownerId",
           left(label, ${eventTextLimits.label}) as label,
           to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "expiresAt",
           row_number() over (partition by owner_id order by expires_at, id) as place,
           (row_number() over () - 1) / ${LINKS_PER_EVENT} as event
      from expired
  ), noted as (
    insert into portal.share_link_expiries as noted (run_at, owner_id, links, listed)
    select $1::timestamptz, "ownerId", count(*),
           to_jsonb(array_agg(listed order by place) filter (where place <= ${LISTED_LINKS}))
      from described, lateral (select "assetId", label, "expiresAt") as listed
     group by "ownerId"
     order by "ownerId"
    on conflict (run_at, owner_id) do update
       set links = excluded.links + case when noted.mailed_at is null then noted.links else 0 end,
           listed = case when noted.mailed_at is not null then excluded.listed
                         when jsonb_array_length(noted.listed) >= ${LISTED_LINKS} then noted.listed
                         else noted.listed || excluded.listed end,
           part = noted.part + case when noted.mailed_at is null then 0 else 1 end,
           mailed_at = null
  ), event as materialized (
    select gen_random_uuid() as id, array_agg(link) as links
      from described,
           lateral (select "shareLinkId", "assetId", "ownerId", label, "expiresAt") as link
     group by event
  ), published as (
    insert into portal.outbox (id, type, detail, created_at)
    select event.id, 'share_link.expired', to_jsonb(detail), $6::timestamptz
      from event, lateral (select 1 as version, id, $7::text as "occurredAt", links) as detail
  )
  select (select count(*)::integer from expired) as expired,
         (select count(*)::integer from revoked) as revoked,
         (select count(distinct owner_id)::integer from due) as owners,
         (select jsonb_build_object('expiresAt', expires_at::text, 'id', id)
            from seed order by seed.expires_at desc, seed.id desc limit 1) as last`;

/** Expires the next chunk of due links, revokes their tokens and publishes the domain events. */
export async function expireChunk(
  db: Queryable,
  { scheduledAt, after, seedLinks, limit, now }: Chunk,
): Promise<ExpiredChunk> {
  const { rows } = await db.query<Omit<ExpiredChunk, 'last'> & { last: Cursor | null }>(
    EXPIRE_CHUNK,
    [scheduledAt, after.expiresAt, after.id, seedLinks, limit, now, now.toISOString()],
  );
  const { expired = 0, revoked = 0, owners = 0, last } = rows[0] ?? {};
  return { expired, revoked, owners, last: last ?? undefined };
}

const COUNT_DUE = `
  select count(*)::integer as due
    from portal.share_links
   where status = 'active' and expires_at < $1::timestamptz`;

/** Counts due links that a run did not expire: it had no time left, or the rows were locked. */
export async function countDueLinks(db: Queryable, scheduledAt: Date): Promise<number> {
  const { rows } = await db.query<{ due: number }>(COUNT_DUE, [scheduledAt]);
  return rows[0]?.due ?? 0;
}

import type { Queryable } from '../platform/postgres/database.ts';

/** How far a run has come, as text: Postgres counts microseconds, and a Date would lose them. */
export interface Cursor {
  readonly expiresAt: string;
  readonly id: string;
}

export const START: Cursor = { expiresAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' };

export interface Chunk {
  /** When the run was due: a link that expires at this very moment is the next run's. */
  readonly scheduledAt: Date;
  readonly after: Cursor;
  /** The next due links after the cursor, by whose owners it goes. */
  readonly leads: number;
  /** Links of those owners at most, the lead ones among them. */
  readonly limit: number;
  readonly now: Date;
}

export interface ExpiredChunk {
  readonly expired: number;
  readonly revoked: number;
  readonly owners: number;
  /** Of the lead links the last; undefined where nothing was left to take. */
  readonly last: Cursor | undefined;
}

/** What one mail lists; of the others it says how many there are. */
export const LISTED_LINKS = 50;

// 100 links are some 20 KB: ten such events are still one call to EventBridge.
const LINKS_PER_EVENT = 100;

/**
 * Everything that comes of an expired link, in one statement and so in one transaction. It goes owner by owner: taken by
 * their time, each chunk would have to add to what was noted of the same owners before. The cursor keeps a chunk from
 * reading past the dead index entries of all chunks before it. What somebody else holds, another run among them, is
 * left alone, and so is what changed since the statement began: its row is then elsewhere. Owners are sorted, so that two
 * runs that note the same owners wait for each other and never in a circle. Of rows in an array Postgres makes jsonb in a
 * third of the time that jsonb_build_object and jsonb_agg take.
 */
const EXPIRE_CHUNK = `
  with lead as materialized (
    select id, expires_at, owner_id
      from portal.share_links
     where status = 'active' and expires_at < $1::timestamptz and (expires_at, id) > ($2::timestamptz, $3::uuid)
     order by expires_at, id
     limit $4::integer
  ), due as materialized (
    select link.ctid as place, link.owner_id
      from (select distinct owner_id from lead order by owner_id) as owner
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
    select id as "shareLinkId", asset_id as "assetId", owner_id as "ownerId", label,
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
      from described, lateral (select "shareLinkId", "assetId", "ownerId", label, "expiresAt") as link
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
            from lead order by lead.expires_at desc, lead.id desc limit 1) as last`;

export async function expireChunk(
  db: Queryable,
  { scheduledAt, after, leads, limit, now }: Chunk,
): Promise<ExpiredChunk> {
  const { rows } = await db.query<Omit<ExpiredChunk, 'last'> & { last: Cursor | null }>(
    EXPIRE_CHUNK,
    [...[scheduledAt, after.expiresAt, after.id], ...[leads, limit], ...[now, now.toISOString()]],
  );
  const { expired = 0, revoked = 0, owners = 0, last } = rows[0] ?? {};
  return { expired, revoked, owners, last: last ?? undefined };
}

const COUNT_DUE = `
  select count(*)::integer as due
    from portal.share_links
   where status = 'active' and expires_at < $1::timestamptz`;

/** What a run left to the next: for lack of time, or because somebody else held it. */
export async function countDue(db: Queryable, scheduledAt: Date): Promise<number> {
  const { rows } = await db.query<{ due: number }>(COUNT_DUE, [scheduledAt]);
  return rows[0]?.due ?? 0;
}

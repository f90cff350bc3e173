import type pg from 'pg';

export const anOwner = (index: number) =>
  `10000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
export const anAsset = (index: number) =>
  `20000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
export const aLink = (index: number) =>
  `30000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

const OWNERS = `
  insert into portal.users (id, email, name, role)
  select ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
         'owner' || n || '@example.org', 'Owner ' || n,
         case when n = 0 then 'admin' else 'member' end
    from generate_series(0, $1::integer - 1) as n`;

const ASSETS = `
  insert into portal.assets (id, owner_id, title, status)
  select ('20000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
         ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Film ' || n, 'ready'
    from generate_series(0, $1::integer - 1) as n`;

/** Adds owners 0 (an admin), 1, 2, … with one asset each. */
export async function addOwners(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(OWNERS, [count]);
  await pool.query(ASSETS, [count]);
}

const LINKS = `
  with due as (
    select n, ('30000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid as id,
           lpad((n % $3::integer)::text, 12, '0') as owner
      from generate_series($1::integer, $1::integer + $2::integer - 1) as n
  ), links as (
    insert into portal.share_links (id, asset_id, owner_id, label, expires_at)
    select id, ('20000000-0000-4000-8000-' || owner)::uuid,
           ('10000000-0000-4000-8000-' || owner)::uuid, 'Link ' || n, $4::timestamptz
      from due
  )
  insert into portal.share_link_tokens (share_link_id, token_hash)
  select id, sha256(('token of ' || n)::bytea) from due`;

interface NewLinks {
  readonly from?: number;
  readonly count?: number;
  /** Number of owners; link n belongs to owner n modulo this number. */
  readonly owners?: number;
  readonly expiresAt: Date | string;
}

/** Adds links with one token each. */
export async function addLinks(
  pool: pg.Pool,
  { from = 0, count = 1, owners = 1, expiresAt }: NewLinks,
): Promise<void> {
  await pool.query(LINKS, [from, count, owners, expiresAt]);
}

export async function statusOf(pool: pg.Pool, link: number): Promise<string | undefined> {
  const { rows } = await pool.query('select status from portal.share_links where id = $1::uuid', [
    aLink(link),
  ]);
  return rows[0]?.status;
}

/** Counts links, tokens, mails and domain events, and the links listed in the last two. */
export async function shareLinkTotals(pool: pg.Pool) {
  const { rows } = await pool.query(`
    select (select count(*)::int from portal.share_links where status = 'expired') as expired,
           (select count(*)::int from portal.share_link_tokens
             where revoked_at is not null) as revoked,
           (select count(*)::int from portal.notifications
             where kind = 'share-links.expired') as mails,
           (select coalesce(sum((params ->> 'total')::int), 0)::int from portal.notifications
             where kind = 'share-links.expired') as mailed,
           (select count(distinct link ->> 'shareLinkId')::int
              from portal.outbox, jsonb_array_elements(detail -> 'links') as link
             where type = 'share_link.expired') as announced,
           (select coalesce(sum(jsonb_array_length(detail -> 'links')), 0)::int from portal.outbox
             where type = 'share_link.expired') as announcements,
           (select count(*)::int from portal.outbox
             where type = 'notification.requested') as requested`);
  return rows[0];
}

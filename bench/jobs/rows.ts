import type pg from 'pg';

/** The moment that the jobs are due at: what lies before it is theirs. */
export const DUE = new Date('2026-11-01T00:00:00Z');

/** The runs of a job at its own speed; the links belong to this many owners, some 50 each. */
const LINKS_PER_OWNER = 50;

/** Beside the due ones there are others, which a job has to leave alone. */
const NOT_DUE_SHARE = 0.2;

const OWNERS = `
  with owners as (
    insert into portal.users (id, email, name)
    select md5('owner ' || n)::uuid, 'owner-' || n || '@example.org', 'Owner ' || n
      from generate_series(0, $1::integer - 1) as n
  )
  insert into portal.assets (id, owner_id, title, status)
  select md5('film ' || n)::uuid, md5('owner ' || n)::uuid, 'Film ' || n, 'ready'
    from generate_series(0, $1::integer - 1) as n`;

/** In no order that an index has: the worst case for whoever goes by the time of expiry. */
const LINKS = `
  insert into portal.share_links (id, asset_id, owner_id, label, expires_at)
  select md5('link ' || n)::uuid, md5('film ' || n % $2::integer)::uuid, md5('owner ' || n % $2::integer)::uuid,
         'For reviewer ' || n,
         case when n < $1::integer then $3::timestamptz - interval '1 second' - random() * interval '15 minutes'
              else $3::timestamptz + interval '1 day' end
    from generate_series(0, ($1::integer * (1 + $4::float8))::integer - 1) as n
   order by random()`;

const TOKENS = `
  insert into portal.share_link_tokens (share_link_id, token_hash)
  select id, sha256(id::text::bytea) from portal.share_links`;

export async function addDueLinks(pool: pg.Pool, count: number): Promise<void> {
  const owners = Math.max(1, Math.round(count / LINKS_PER_OWNER));
  await pool.query(OWNERS, [owners]);
  await pool.query(LINKS, [count, owners, DUE, NOT_DUE_SHARE]);
  await pool.query(TOKENS);
}

/** A body is 1.8 KB that hardly compress, as a delivery's. */
const EVENTS = `
  insert into portal.webhook_events (source, event_id, type, status, body, received_at, processed_at)
  select 'mux', 'event-' || n, 'video.asset.ready', 'processed',
         (select string_agg(md5(n || ' ' || part), '') from generate_series(1, 56) as part),
         $2::timestamptz - interval '91 days' - (($1::integer - n) * interval '1 second') / 100, $2::timestamptz
    from generate_series(0, $1::integer - 1) as n`;

const RECORDS = `
  insert into portal.idempotency_records (id, status, expiry)
  select 'mux#event-' || n, 'COMPLETED', extract(epoch from $2::timestamptz)::bigint - 1 - n % 86400
    from generate_series(0, $1::integer - 1) as n`;

export async function addOldEvents(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(EVENTS, [count, DUE]);
  await pool.query(RECORDS, [count, DUE]);
}

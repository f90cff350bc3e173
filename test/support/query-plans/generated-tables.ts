import type pg from 'pg';

const ROWS = 50_000;

/** Statements that fill the tables, so that Postgres prefers an index only where one fits. */
const FILL = [
  `insert into portal.users (id, email, name, role)
   select ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
          'user' || n || '@example.org', 'User ' || n,
          case when n <= 5 then 'admin' else 'member' end
     from generate_series(1, ${ROWS}) as n`,
  `insert into portal.assets (id, owner_id, title, status, mux_upload_id, mux_asset_id)
   select ('20000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
          ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Title', 'processing',
          'upload-' || n, 'asset-' || n
     from generate_series(1, ${ROWS}) as n`,
  `insert into portal.notifications
     (id, user_id, kind, params, source, event_id, asset_id, created_at, resend_email_id, sent_at)
   select ('30000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
          ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'asset.ready', '{}', 'mux',
          'event-' || n, ('20000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
          timestamptz '2026-01-01' + n * interval '1 second', 'mail-' || n, now()
     from generate_series(1, ${ROWS}) as n`,
  `insert into portal.asset_events
     (id, asset_id, source, event_id, type, from_status, to_status, applied, occurred_at,
      recorded_at)
   select gen_random_uuid(), id, 'mux', 'event-' || row_number() over (), 'video.asset.ready',
          'processing', 'ready', true, now(), now()
     from portal.assets`,
  `insert into portal.outbox (id, type, detail, created_at, published_at)
   select ('40000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'asset.ready',
          '{"version":1}', timestamptz '2026-01-01' + n * interval '1 second',
          case when n % 20 > 0 then now() end
     from generate_series(1, ${ROWS}) as n`,
  `insert into portal.webhook_events
     (source, event_id, type, status, body, received_at, effects, updated_at, escalated_at)
   select case when n % 3 = 0 then 'resend' else 'mux' end, 'event-' || n, 'video.asset.ready',
          case when n % 20 = 0 then 'failed' when n % 50 = 1 then 'exhausted' else 'processed' end,
          '{}', timestamptz '2026-01-01' + n * interval '1 second',
          jsonb_build_object('outbox', jsonb_build_array(
            '40000000-0000-4000-8000-' || lpad(n::text, 12, '0'))),
          timestamptz '2026-01-01' + n * interval '1 second',
          case when n % 1000 <> 1 then now() end
     from generate_series(1, ${ROWS}) as n`,
  `insert into portal.webhook_replays
     (source, event_id, replay, status, requested_at, updated_at, escalated_at)
   select source, event_id, 'replay-' || id,
          case when id % 40 = 0 then 'failed' when id % 50 = 1 then 'exhausted'
               else 'processed' end,
          received_at, received_at, case when id % 1000 <> 1 then now() end
     from portal.webhook_events`,
  `insert into portal.missed_events
     (provider, event_id, type, occurred_at, found_at, recovery, attempted_at)
   select source, event_id, type, received_at, received_at, 'replayed', received_at
     from portal.webhook_events`,
  `insert into portal.email_suppressions (address)
   select 'user' || n || '@example.org' from generate_series(1, ${ROWS}) as n`,
  `insert into portal.email_incidents
     (address, source, event_id, kind, occurred_at, recorded_at)
   select address, 'resend', 'event', 'permanent', now(), now() from portal.email_suppressions`,
  `insert into portal.share_links (id, asset_id, owner_id, expires_at)
   select gen_random_uuid(), id, owner_id,
          timestamptz '2026-01-01' + row_number() over () * interval '1 minute'
     from portal.assets`,
  `insert into portal.share_link_tokens (share_link_id, token_hash)
   select id, sha256(id::text::bytea) from portal.share_links`,
  `insert into portal.share_link_expiries (run_at, owner_id, links, listed, mailed_at)
   select timestamptz '2026-01-01', id, 1, '[]', now() from portal.users`,
  `insert into portal.invitations (email, status, issued_at, expired_at)
   select 'guest' || n || '@example.org', case when n % 50 = 0 then 'pending' else 'accepted' end,
          timestamptz '2026-01-01' + n * interval '1 second', null
     from generate_series(1, ${ROWS}) as n`,
  `insert into portal.idempotency_records (id, status, expiry)
   select 'key-' || n, 'COMPLETED', 1767225600 + n from generate_series(1, ${ROWS}) as n`,
  `insert into portal.job_runs (job, scheduled_at, status, started_at, finished_at)
   select 'prune', time, 'succeeded', time, time
     from generate_series(1, ${ROWS}) as n,
          lateral (select timestamptz '2026-01-01' + n * interval '1 minute' as time) as run`,
  `insert into portal.operator_actions (at, operator, command, arguments, result)
   select now(), 'operator', 'events replay', jsonb_build_object('event', 'event-' || n), '{}'
     from generate_series(1, ${ROWS}) as n`,
  'analyze',
];

/** Fills every table that grows with traffic. */
export async function fillTables(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("set session_replication_role = 'replica'");
    for (const statement of FILL) await client.query(statement);
    await client.query("set session_replication_role = 'origin'");
  } finally {
    client.release();
  }
}

export const userId = (n: number) => `10000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const assetId = (n: number) => `20000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const notificationId = (n: number) =>
  `30000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const outboxId = (n: number) => `40000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

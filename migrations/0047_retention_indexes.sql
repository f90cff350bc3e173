-- Up Migration
-- No transaction

-- The job prune removes the oldest rows of each kind. Each index holds only rows that may be due.
drop index concurrently if exists portal.email_incidents_recorded_idx;
create index concurrently email_incidents_recorded_idx on portal.email_incidents (recorded_at);
drop index concurrently if exists portal.email_suppressions_ended_idx;
create index concurrently email_suppressions_ended_idx
  on portal.email_suppressions (coalesce(greatest(lifted_at, listed_at), '-infinity'))
  where not suppressed and not listed;
drop index concurrently if exists portal.invitations_closed_idx;
create index concurrently invitations_closed_idx
  on portal.invitations (issued_at) where status <> 'pending';
drop index concurrently if exists portal.share_links_closed_idx;
create index concurrently share_links_closed_idx
  on portal.share_links (coalesce(expired_at, revoked_at)) where status <> 'active';
drop index concurrently if exists portal.assets_ended_idx;
create index concurrently assets_ended_idx
  on portal.assets (updated_at)
  where status in ('cancelled', 'deleted') and (title is not null or failure_reason is not null);

-- Down Migration
-- No transaction

drop index concurrently if exists portal.assets_ended_idx;
drop index concurrently if exists portal.share_links_closed_idx;
drop index concurrently if exists portal.invitations_closed_idx;
drop index concurrently if exists portal.email_suppressions_ended_idx;
drop index concurrently if exists portal.email_incidents_recorded_idx;

-- Up Migration
-- No transaction

alter table portal.webhook_events validate constraint webhook_events_origin_check;
-- The job reconcile reads videos of members that have not reached an end.
drop index concurrently if exists portal.assets_unfinished_idx;
create index concurrently assets_unfinished_idx
  on portal.assets (created_at, id)
  where status in ('awaiting-upload', 'processing') and owner_id is not null;
-- The job prune removes old rows.
drop index concurrently if exists portal.missed_events_found_idx;
create index concurrently missed_events_found_idx on portal.missed_events (found_at);
-- The job reconcile counts recovered events, those of a killed run included.
drop index concurrently if exists portal.missed_events_uncounted_idx;
create index concurrently missed_events_uncounted_idx
  on portal.missed_events (provider) where recovered_at is not null and counted_at is null;

-- Down Migration
-- No transaction

drop index concurrently if exists portal.missed_events_uncounted_idx;
drop index concurrently if exists portal.missed_events_found_idx;
drop index concurrently if exists portal.assets_unfinished_idx;

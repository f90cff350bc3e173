-- Up Migration
-- No transaction

-- The retry job finds orphaned and exhausted replays.
drop index concurrently if exists portal.webhook_replays_open_idx;
create index concurrently webhook_replays_open_idx
  on portal.webhook_replays (status, updated_at)
  where status in ('requested', 'failed', 'exhausted');

-- Down Migration
-- No transaction

drop index concurrently if exists portal.webhook_replays_open_idx;

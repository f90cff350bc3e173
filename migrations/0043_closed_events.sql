-- Up Migration

-- An operator closes an event that nobody needs to apply any more: status `closed`. The constraints
-- accept the new status at once, and 0044 validates them.
set local lock_timeout = '5s';
alter table portal.webhook_events drop constraint if exists webhook_events_status_check;
alter table portal.webhook_events
  add constraint webhook_events_status_check
  check (status in ('processed', 'ignored', 'synthetic', 'failed', 'exhausted', 'closed'))
  not valid;
alter table portal.webhook_replays drop constraint if exists webhook_replays_status_check;
alter table portal.webhook_replays
  add constraint webhook_replays_status_check
  check (status in ('requested', 'processed', 'failed', 'exhausted', 'closed'))
  not valid;

-- Down Migration

set local lock_timeout = '5s';
update portal.webhook_events set status = 'exhausted', escalated_at = coalesce(escalated_at, now())
 where status = 'closed';
update portal.webhook_replays set status = 'exhausted', escalated_at = coalesce(escalated_at, now())
 where status = 'closed';
alter table portal.webhook_events drop constraint if exists webhook_events_status_check;
alter table portal.webhook_events
  add constraint webhook_events_status_check
  check (status in ('processed', 'ignored', 'synthetic', 'failed', 'exhausted'))
  not valid;
alter table portal.webhook_replays drop constraint if exists webhook_replays_status_check;
alter table portal.webhook_replays
  add constraint webhook_replays_status_check
  check (status in ('requested', 'processed', 'failed', 'exhausted'))
  not valid;

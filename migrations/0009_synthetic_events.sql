-- Up Migration

-- Allows the status of events that `npm run smoke` makes. Existing rows are not checked here, because the
-- check would read the whole table under ACCESS EXCLUSIVE. Migration 0012 validates the constraint.
alter table portal.webhook_events drop constraint webhook_events_status_check;
alter table portal.webhook_events add constraint webhook_events_status_check
  check (status in ('processed', 'ignored', 'synthetic', 'failed', 'exhausted')) not valid;

-- Down Migration

update portal.webhook_events set status = 'ignored' where status = 'synthetic';
alter table portal.webhook_events drop constraint webhook_events_status_check;
alter table portal.webhook_events add constraint webhook_events_status_check
  check (status in ('processed', 'ignored', 'failed', 'exhausted'));

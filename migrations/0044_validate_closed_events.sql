-- Up Migration

-- Validates the constraints of 0043 under SHARE UPDATE EXCLUSIVE, so writes go on during the scan.
set local lock_timeout = '5s';
alter table portal.webhook_events validate constraint webhook_events_status_check;
alter table portal.webhook_replays validate constraint webhook_replays_status_check;

-- Down Migration

-- A validated constraint needs no undoing.
select 1;

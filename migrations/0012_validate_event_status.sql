-- Up Migration

-- Validates the constraint of 0009 under SHARE UPDATE EXCLUSIVE, so writes go on during the scan.
-- Databases in which 0009 validated it already skip the scan.
set local lock_timeout = '5s';
alter table portal.webhook_events validate constraint webhook_events_status_check;

-- Down Migration

-- A validated constraint needs no undoing.
select 1;

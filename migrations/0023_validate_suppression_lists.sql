-- Up Migration

-- Validates the constraints of 0022 under SHARE UPDATE EXCLUSIVE, so writes go on during the scan.
set local lock_timeout = '5s';
alter table portal.email_suppressions
  validate constraint email_suppressions_origin_check,
  validate constraint email_suppressions_reason_check,
  validate constraint email_suppressions_listed_check;

-- Down Migration

-- A validated constraint needs no undoing.
select 1;

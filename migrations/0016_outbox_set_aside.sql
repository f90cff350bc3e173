-- Up Migration

-- An entry that EventBridge rejects waits until `next_attempt_at` and is set aside after several
-- rejections. A constant default changes only the catalog, so no row is rewritten.
set local lock_timeout = '5s';
alter table portal.outbox
  add column rejections integer not null default 0,
  add column next_attempt_at timestamptz,
  add column set_aside_at timestamptz;

-- Down Migration

set local lock_timeout = '5s';
alter table portal.outbox
  drop column rejections,
  drop column next_attempt_at,
  drop column set_aside_at;

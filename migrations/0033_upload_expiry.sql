-- Up Migration

-- The lifetime of upload URLs is a setting, so each row records when its own URL expires. Null for
-- rows that are older than this column: their URLs expired an hour after the row was created.
set local lock_timeout = '5s';
alter table portal.assets add column upload_expires_at timestamptz;

-- Down Migration

set local lock_timeout = '5s';
alter table portal.assets drop column upload_expires_at;

-- Up Migration
-- No transaction

-- Failed attempts and redrives of an event, oldest first, for the console. A constant default does
-- not rewrite the table. Only failures write the column.
set lock_timeout = '5s';
alter table portal.webhook_events add column if not exists history jsonb not null default '[]';
alter table portal.webhook_replays add column if not exists history jsonb not null default '[]';
reset lock_timeout;

-- `ops mails list` pages the mails of every status, newest first.
drop index concurrently if exists portal.notifications_created_idx;
create index concurrently notifications_created_idx
  on portal.notifications (created_at desc, id desc);

-- Down Migration
-- No transaction

drop index concurrently if exists portal.notifications_created_idx;
set lock_timeout = '5s';
alter table portal.webhook_replays drop column if exists history;
alter table portal.webhook_events drop column if exists history;
reset lock_timeout;

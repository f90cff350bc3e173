-- Up Migration
-- No transaction

-- `ops mails list` pages failed mails, newest first.
drop index concurrently if exists portal.notifications_failed_idx;
create index concurrently notifications_failed_idx
  on portal.notifications (created_at desc, id desc) where mail_status = 'failed';

-- Down Migration
-- No transaction

drop index concurrently if exists portal.notifications_failed_idx;

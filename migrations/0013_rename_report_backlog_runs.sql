-- Up Migration

-- The job take-stock is named report-backlog now. Its runs keep their history, so the job is not overdue
-- after the deploy.
set local lock_timeout = '5s';
update portal.job_runs as run
   set job = 'report-backlog'
 where run.job = 'take-stock'
   and not exists (
     select from portal.job_runs as newer
      where newer.job = 'report-backlog' and newer.scheduled_at = run.scheduled_at);

-- Down Migration

set local lock_timeout = '5s';
update portal.job_runs as run
   set job = 'take-stock'
 where run.job = 'report-backlog'
   and not exists (
     select from portal.job_runs as older
      where older.job = 'take-stock' and older.scheduled_at = run.scheduled_at);

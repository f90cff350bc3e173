-- Up Migration

-- Lambda's id of the invocation that works on a run. Its retries have the same id, so a retry is told from a second start.
alter table portal.job_runs add column invocation_id text;

-- Down Migration

alter table portal.job_runs drop column invocation_id;

-- Up Migration

-- Lambda's request id of the invocation. Retries have the same id, which tells a retry from a second start.
alter table portal.job_runs add column invocation_id text;

-- Down Migration

alter table portal.job_runs drop column invocation_id;

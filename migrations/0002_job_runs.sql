-- Up Migration

-- One row per due time of a job. A run that is started twice takes effect once.
create table portal.job_runs (
  id           bigint generated always as identity primary key,
  job          text not null,
  -- Due time from the scheduler; the same in every attempt.
  scheduled_at timestamptz not null,
  -- Differs when an operator runs a job between two due times.
  started_by   text not null default 'schedule',
  status       text not null check (status in ('running', 'succeeded', 'failed')),
  attempts     integer not null default 1,
  started_at   timestamptz not null,
  finished_at  timestamptz,
  -- Counts that the job reports.
  counts       jsonb not null default '{}',
  error        text,
  unique (job, scheduled_at)
);
create index job_runs_finished_idx on portal.job_runs (finished_at);

-- Down Migration

drop table portal.job_runs;

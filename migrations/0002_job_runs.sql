-- Up Migration

-- One row for each time a job was due; a run that is started twice works once.
create table portal.job_runs (
  id           bigint generated always as identity primary key,
  job          text not null,
  -- The time it was due, as the scheduler hands it over, and the same in every attempt.
  scheduled_at timestamptz not null,
  -- An operator may run a job between two times.
  started_by   text not null default 'schedule',
  status       text not null check (status in ('running', 'succeeded', 'failed')),
  attempts     integer not null default 1,
  started_at   timestamptz not null,
  finished_at  timestamptz,
  -- What it did, in numbers; the job's own.
  counts       jsonb not null default '{}',
  error        text,
  unique (job, scheduled_at)
);
create index job_runs_finished_idx on portal.job_runs (finished_at);

-- Down Migration

drop table portal.job_runs;

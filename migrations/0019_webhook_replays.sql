-- Up Migration
set local lock_timeout = '5s';

-- One row for each replay that an operator requests. `replay` is the random id in its message. A
-- replay fails, is redriven and escalates by itself, also if its event was applied before.
create table portal.webhook_replays (
  source text not null,
  event_id text not null,
  replay text not null,
  status text not null,
  requested_at timestamptz not null,
  processed_at timestamptz,
  attempts integer not null default 0,
  redrives integer not null default 0,
  error_code text,
  error_message text,
  -- Ids of the inserted rows, by kind, as in portal.webhook_events.
  effects jsonb not null default '{}',
  escalated_at timestamptz,
  updated_at timestamptz not null,
  primary key (source, event_id, replay),
  check (status in ('requested', 'processed', 'failed', 'exhausted'))
);

-- Down Migration
set local lock_timeout = '5s';

drop table portal.webhook_replays;

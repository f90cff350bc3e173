-- Up Migration

alter table portal.webhook_events
  -- Number of replays by operators.
  add column replays      integer not null default 0,
  -- Time of the escalation. An event that fails again after a replay is escalated again.
  add column escalated_at timestamptz;

create index webhook_events_unescalated_idx on portal.webhook_events (updated_at)
  where status = 'exhausted' and escalated_at is null;

-- Actions of operators. Rows are never changed or deleted.
create table portal.operator_actions (
  id        bigint generated always as identity primary key,
  at        timestamptz not null,
  -- The IAM identity that signed the request.
  operator  text not null,
  command   text not null,
  reason    text,
  arguments jsonb not null,
  result    jsonb not null
);
create index operator_actions_at_idx on portal.operator_actions (at desc);

-- Down Migration

drop table portal.operator_actions;
drop index portal.webhook_events_unescalated_idx;
alter table portal.webhook_events drop column replays, drop column escalated_at;

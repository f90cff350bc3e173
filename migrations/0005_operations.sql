-- Up Migration

alter table portal.webhook_events
  -- How often an operator had it applied once more.
  add column replays      integer not null default 0,
  -- When people were told that it is exhausted; an event that is replayed and fails again is told of again.
  add column escalated_at timestamptz;

create index webhook_events_unescalated_idx on portal.webhook_events (updated_at)
  where status = 'exhausted' and escalated_at is null;

-- What operators did: nobody changes or deletes a line.
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

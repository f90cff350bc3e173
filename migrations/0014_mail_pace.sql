-- Up Migration

-- One row paces the requests to Resend across all concurrent senders, because Resend limits the team
-- and not the connection.
set local lock_timeout = '5s';
create table portal.mail_pace (
  id smallint primary key default 1 check (id = 1),
  next_slot timestamptz not null,
  requests_per_second double precision not null check (requests_per_second > 0),
  limited_at timestamptz
);

-- Set when an operator requests a failed mail again. Each resend has an idempotency key of its own.
alter table portal.notifications
  add column mail_requested_at timestamptz,
  add column mail_resends integer not null default 0;

-- Down Migration

set local lock_timeout = '5s';
alter table portal.notifications
  drop column mail_requested_at,
  drop column mail_resends;
drop table portal.mail_pace;

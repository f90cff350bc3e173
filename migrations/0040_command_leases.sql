-- Up Migration

-- Lets one operator at a time run a command that calls a provider or a queue. A lease outlives its
-- transaction, because a transaction must not stay open during such calls, and ends by itself if
-- the function dies.
set local lock_timeout = '5s';
create table portal.command_leases (
  name       text primary key,
  holder     text not null,
  token      uuid not null,
  taken_at   timestamptz not null,
  expires_at timestamptz not null
);

-- Down Migration

set local lock_timeout = '5s';
drop table portal.command_leases;

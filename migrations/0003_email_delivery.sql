-- Up Migration

-- Ranks the delivery states of a mail. Events may arrive in any order; a mail never moves to a lower rank.
-- The newer event decides between two states of one rank.
create function portal.delivery_rank(status text) returns smallint
  language sql immutable strict parallel safe
  return case status
    when 'sent' then 0
    when 'delayed' then 1
    when 'delivered' then 2
    when 'failed' then 3
    when 'bounced' then 3
    when 'suppressed' then 3
    when 'complained' then 4
  end;

alter table portal.notifications
  -- Null until the first event of the mail arrives.
  add column delivery_status   text
                               check (delivery_status is null or portal.delivery_rank(delivery_status) is not null),
  -- The event that decided the status: its time at Resend, and its id to break a tie.
  add column delivery_at       timestamptz,
  add column delivery_event_id text,
  add column delivery_reason   text;

-- One event may suppress several addresses; support is notified of each.
alter table portal.notifications
  drop constraint notifications_source_event_id_user_id_recipient_kind_key;
create unique index notifications_once_key on portal.notifications
  (source, event_id, user_id, recipient, kind, (params ->> 'address')) nulls not distinct;

-- Bounces and complaints of each address.
create table portal.email_incidents (
  -- Lower-case, without a display name.
  address     text not null,
  source      text not null,
  event_id    text not null,
  -- `unclear` is a bounce of an unknown type; it never suppresses.
  kind        text not null check (kind in ('complaint', 'permanent', 'transient', 'unclear')),
  reason      text,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (address, source, event_id)
);

-- One row per address with an incident. Recording an incident locks the row.
create table portal.email_suppressions (
  address    text primary key,
  suppressed boolean not null default false,
  -- Describes the latest suppression, lifted or not.
  reason     text check (reason in ('complaint', 'permanent-bounces', 'transient-bounces')),
  since      timestamptz,
  source     text,
  event_id   text,
  -- Incidents before the latest lifting do not count.
  lifted_at  timestamptz,
  lifted_by  text,
  check (not suppressed or num_nulls(reason, since, source, event_id) = 0),
  check (num_nulls(lifted_at, lifted_by) in (0, 2))
);
create index email_suppressions_since_idx on portal.email_suppressions (since desc) where suppressed;

-- Down Migration

drop table portal.email_suppressions;
drop table portal.email_incidents;
drop index portal.notifications_once_key;
alter table portal.notifications
  add constraint notifications_source_event_id_user_id_recipient_kind_key
    unique nulls not distinct (source, event_id, user_id, recipient, kind),
  drop column delivery_status, drop column delivery_at, drop column delivery_event_id, drop column delivery_reason;
drop function portal.delivery_rank(text);

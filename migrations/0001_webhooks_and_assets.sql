-- Up Migration

create schema if not exists portal;

-- Ranks the states of an asset. Events may arrive in any order; state never moves to a lower rank.
-- ready and failed share a rank: the newer event decides between them.
create function portal.asset_rank(status text) returns smallint
  language sql immutable strict parallel safe
  return case status
    when 'awaiting-upload' then 0
    when 'processing' then 1
    when 'cancelled' then 2
    when 'ready' then 3
    when 'failed' then 3
    when 'deleted' then 4
  end;

create table portal.users (
  id         uuid primary key default gen_random_uuid(),
  email      text not null,
  name       text not null,
  role       text not null default 'member' check (role in ('member', 'admin')),
  created_at timestamptz not null default now()
);
create unique index users_email_key on portal.users (lower(email));
create index users_admins_idx on portal.users (id) where role = 'admin';

create table portal.assets (
  id                      uuid primary key default gen_random_uuid(),
  -- Null for an asset that Mux reported and the portal does not have.
  owner_id                uuid references portal.users (id),
  title                   text,
  status                  text not null default 'awaiting-upload'
                          check (portal.asset_rank(status) is not null),
  -- The event that decided the status: its time at Mux, and its id to break a tie.
  status_at               timestamptz,
  status_event_id         text,
  mux_upload_id           text unique,
  mux_asset_id            text unique,
  playback_id             text,
  playback_policy         text,
  playback_url            text,
  playback_url_expires_at timestamptz,
  duration_seconds        double precision,
  aspect_ratio            text,
  -- Time and id of the newest ready event, whatever the current status; the id breaks a tie.
  ready_at                timestamptz,
  ready_event_id          text,
  failure_reason          text,
  failed_at               timestamptz,
  failed_event_id         text,
  created_at              timestamptz not null default now(),
  updated_at              timestamptz not null default now()
);
create index assets_owner_idx on portal.assets (owner_id);

create table portal.asset_events (
  id          uuid primary key,
  asset_id    uuid not null references portal.assets (id),
  source      text not null,
  event_id    text not null,
  type        text not null,
  from_status text not null,
  to_status   text not null,
  -- False if a newer event or an event of a higher rank had decided the state before.
  applied     boolean not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  unique (source, event_id)
);
create index asset_events_asset_idx on portal.asset_events (asset_id, occurred_at);

-- The ledger: one row for every accepted event.
create table portal.webhook_events (
  id            bigint generated always as identity primary key,
  source        text not null,
  event_id      text not null,
  type          text not null,
  status        text not null check (status in ('processed', 'ignored', 'failed', 'exhausted')),
  -- Text, not jsonb: jsonb refuses \u0000 and reorders keys. Bodies of ignored events are stored redacted.
  body          text,
  received_at   timestamptz not null,
  processed_at  timestamptz,
  attempts      integer not null default 1,
  redrives      integer not null default 0,
  error_code    text,
  error_message text,
  -- Ids of the rows that the event caused: {assetEvents: [id], notifications: [id], outbox: [id]}.
  effects       jsonb not null default '{}',
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  unique (source, event_id)
);
create index webhook_events_open_idx on portal.webhook_events (status, updated_at) where status in ('failed', 'exhausted');

-- Powertools idempotency records. Times are the client's: seconds for expiry, milliseconds for in_progress_expiry.
create table portal.idempotency_records (
  id                 text collate "C" primary key,
  status             text not null check (status in ('INPROGRESS', 'COMPLETED')),
  expiry             bigint not null,
  in_progress_expiry bigint,
  payload_hash       text,
  -- JSON as text; SQL null is undefined, the text 'null' is null.
  response           text
);
create index idempotency_records_expiry_idx on portal.idempotency_records (expiry);

create table portal.notifications (
  id               uuid primary key,
  -- Either a member, or an address of the stage's settings (support, partners) without an account.
  user_id          uuid references portal.users (id),
  recipient        text,
  kind             text not null,
  -- Template parameters at the time of creation. Rendering them again gives the same bytes.
  params           jsonb not null,
  source           text not null,
  event_id         text not null,
  asset_id         uuid references portal.assets (id),
  read_at          timestamptz,
  mail_status      text not null default 'pending' check (mail_status in ('pending', 'sent', 'suppressed', 'failed')),
  mail_attempts    integer not null default 0,
  mail_first_try   timestamptz,
  mail_error       text,
  resend_email_id  text unique,
  sent_at          timestamptz,
  created_at       timestamptz not null,
  check (num_nonnulls(user_id, recipient) = 1),
  unique nulls not distinct (source, event_id, user_id, recipient, kind)
);
create index notifications_user_idx on portal.notifications (user_id, created_at desc);

-- Domain events, before and after EventBridge accepted them.
create table portal.outbox (
  id           uuid primary key,
  type         text not null,
  detail       jsonb not null,
  created_at   timestamptz not null,
  published_at timestamptz,
  attempts     integer not null default 0,
  last_error   text
);
create index outbox_unpublished_idx on portal.outbox (created_at, id) where published_at is null;

-- Down Migration

drop schema portal cascade;

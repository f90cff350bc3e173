-- Up Migration

create table portal.share_links (
  id         uuid primary key default gen_random_uuid(),
  asset_id   uuid not null references portal.assets (id),
  owner_id   uuid not null references portal.users (id),
  label      text,
  -- Readers compare expires_at; the status follows within 15 minutes.
  status     text not null default 'active' check (status in ('active', 'expired', 'revoked')),
  expires_at timestamptz not null,
  expired_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  check ((status = 'expired') = (expired_at is not null)),
  check ((status = 'revoked') = (revoked_at is not null))
);
create index share_links_due_idx on portal.share_links (expires_at, id) where status = 'active';
create index share_links_asset_idx on portal.share_links (asset_id);
create index share_links_owner_idx on portal.share_links (owner_id);

create table portal.share_link_tokens (
  id            uuid primary key default gen_random_uuid(),
  share_link_id uuid not null references portal.share_links (id) on delete cascade,
  -- SHA-256 of the token. The token itself exists only in the link.
  token_hash    bytea not null unique check (octet_length(token_hash) = 32),
  revoked_at    timestamptz,
  created_at    timestamptz not null default now()
);
create index share_link_tokens_link_idx on portal.share_link_tokens (share_link_id);

-- Links that one run expired for one owner, written in the transaction of each chunk. The mail is made from
-- these rows afterwards; a killed run leaves them to the next run.
create table portal.share_link_expiries (
  -- Due time of the run.
  run_at    timestamptz not null,
  owner_id  uuid not null references portal.users (id),
  links     integer not null,
  -- First links, as the mail lists them: [{id, assetId, label, expiresAt}].
  listed    jsonb not null,
  -- Increases when a repeated run finds more links of an owner who has this run's mail.
  part      integer not null default 1,
  mailed_at timestamptz,
  primary key (run_at, owner_id)
);
create index share_link_expiries_unmailed_idx on portal.share_link_expiries (run_at, owner_id) where mailed_at is null;

create table portal.invitations (
  id          uuid primary key default gen_random_uuid(),
  email       text not null,
  role        text not null default 'member' check (role in ('member', 'admin')),
  invited_by  uuid references portal.users (id),
  status      text not null default 'pending' check (status in ('pending', 'accepted', 'expired', 'revoked')),
  -- Time of the latest sending; the invitation is open for 72 hours.
  issued_at   timestamptz not null default now(),
  accepted_at timestamptz,
  expired_at  timestamptz,
  created_at  timestamptz not null default now()
);
create index invitations_pending_idx on portal.invitations (issued_at, id) where status = 'pending';
create unique index invitations_open_email_key on portal.invitations (lower(email)) where status = 'pending';

alter table portal.assets
  add column bytes bigint check (bytes >= 0),
  add column storage_provider text not null default 'mux',
  -- Null if the provider reports no region, as Mux does not. Never a guess.
  add column storage_region text;

-- Location and hashes of the evidence, which is in S3 under object lock.
create table portal.residency_reports (
  id              uuid primary key,
  -- The chain: 1, 2, 3 ... Two runs cannot both follow the same report.
  sequence        integer not null unique check (sequence > 0),
  -- Monday, in Sydney, on which the reported week began.
  week            date not null unique,
  generated_at    timestamptz not null,
  bucket          text not null,
  -- [{name, key, versionId, sha256, bytes}] of the JSON document, the CSV and the HTML.
  files           jsonb not null,
  -- Hash of the JSON document, which holds the hashes of the other files and of the previous report.
  sha256          text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  previous_sha256 text check (previous_sha256 ~ '^[0-9a-f]{64}$'),
  assets          bigint not null,
  violations      bigint not null,
  check ((sequence = 1) = (previous_sha256 is null))
);

-- Serve the prune job. Partial indexes: rows enter or leave them when they are finished.
create index webhook_events_body_idx on portal.webhook_events (received_at) where body is not null;
create index outbox_published_idx on portal.outbox (published_at) where published_at is not null;

-- Down Migration

drop index portal.outbox_published_idx;
drop index portal.webhook_events_body_idx;
drop table portal.residency_reports;
alter table portal.assets drop column storage_region, drop column storage_provider, drop column bytes;
drop table portal.invitations;
drop table portal.share_link_expiries;
drop table portal.share_link_tokens;
drop table portal.share_links;

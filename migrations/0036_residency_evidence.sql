-- Up Migration

set local lock_timeout = '5s';

-- The signature of report.json, in base64, and the key that made it. Null for reports before signatures.
alter table portal.residency_reports
  add column signature       text,
  add column key_id          text,
  add column not_established bigint;

-- Regions that a contract or another document names, where the provider's API reports none. Rows are
-- never changed: a newer row of the same scope replaces an older one.
create table portal.region_declarations (
  id          bigint generated always as identity primary key,
  -- Rows of one command share this id.
  declaration uuid not null,
  declared_at timestamptz not null,
  operator    text not null,
  provider    text not null check (provider <> ''),
  -- Null: all assets of the provider without a declaration of their own. No foreign key, because
  -- evidence names assets that may be deleted later.
  asset_id    uuid,
  -- 'unknown' withdraws an older declaration.
  region      text not null check (region ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  document    text not null check (document <> ''),
  reason      text not null
);

create function portal.reject_change_of_declarations() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'portal.region_declarations is append-only: declare the region again'
    using errcode = 'restrict_violation';
end
$$;
create trigger region_declarations_append_only
  before update or delete or truncate on portal.region_declarations
  for each statement execute function portal.reject_change_of_declarations();

-- Down Migration

set local lock_timeout = '5s';
drop table portal.region_declarations;
drop function portal.reject_change_of_declarations();
alter table portal.residency_reports
  drop column signature, drop column key_id, drop column not_established;

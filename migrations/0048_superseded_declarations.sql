-- Up Migration

-- A declaration names an operator. The job prune deletes declarations that a newer one replaced,
-- once they are older than `retentionDays.operatorActions`.
set local lock_timeout = '5s';
create or replace function portal.reject_change_of_declarations() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' and old.declared_at < now() - interval '365 days' and exists (
       select from portal.region_declarations as newer
        where newer.provider = old.provider and newer.asset_id is not distinct from old.asset_id
          and newer.id > old.id) then
    return old;
  end if;
  raise exception 'portal.region_declarations is append-only: declare the region again'
    using errcode = 'restrict_violation';
end
$$;
drop trigger region_declarations_append_only on portal.region_declarations;
create trigger region_declarations_append_only
  before update or delete on portal.region_declarations
  for each row execute function portal.reject_change_of_declarations();
create trigger region_declarations_keep_table
  before truncate on portal.region_declarations
  for each statement execute function portal.reject_change_of_declarations();

-- Down Migration

set local lock_timeout = '5s';
create or replace function portal.reject_change_of_declarations() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'portal.region_declarations is append-only: declare the region again'
    using errcode = 'restrict_violation';
end
$$;
drop trigger region_declarations_keep_table on portal.region_declarations;
drop trigger region_declarations_append_only on portal.region_declarations;
create trigger region_declarations_append_only
  before update or delete or truncate on portal.region_declarations
  for each statement execute function portal.reject_change_of_declarations();

-- Up Migration

-- A declaration names an operator. The job prune deletes declarations that a newer one replaced,
-- once they are older than `retentionDays.operatorActions`.
set local lock_timeout = '5s';
create function portal.keep_region_declaration() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.declared_at < now() - interval '365 days' and exists (
       select from portal.region_declarations as newer
        where newer.provider = old.provider and newer.asset_id is not distinct from old.asset_id
          and newer.id > old.id) then
    return old;
  end if;
  raise exception 'portal.region_declarations is append-only: declare the region again'
    using errcode = 'restrict_violation';
end
$$;
create trigger region_declarations_keep_rows
  before delete on portal.region_declarations
  for each row execute function portal.keep_region_declaration();
drop trigger region_declarations_append_only on portal.region_declarations;
create trigger region_declarations_append_only
  before update or truncate on portal.region_declarations
  for each statement execute function portal.reject_change_of_declarations();

-- Down Migration

set local lock_timeout = '5s';
drop trigger region_declarations_append_only on portal.region_declarations;
create trigger region_declarations_append_only
  before update or delete or truncate on portal.region_declarations
  for each statement execute function portal.reject_change_of_declarations();
drop trigger region_declarations_keep_rows on portal.region_declarations;
drop function portal.keep_region_declaration();

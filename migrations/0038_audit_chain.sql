-- Up Migration

-- Each audit record contains the hash of the one before it, so that a changed or removed record
-- breaks the chain. `position` has no gaps: an identity column skips numbers, and transactions can
-- commit in another order.
set local lock_timeout = '5s';
alter table portal.operator_actions
  -- Id of the request in the access log of API Gateway, which no database writer can change.
  add column request_id    text,
  add column position      bigint,
  add column previous_hash text,
  add column hash          text;

-- Hashes the fields with their lengths, so that no two records have the same input. `-` is null.
-- lambdas/operations/audit-log/audit-hash.ts computes the same.
create function portal.operator_action_hash(action portal.operator_actions) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select encode(sha256(convert_to(string_agg(
           case when field is null then '-,'
                else octet_length(convert_to(field, 'UTF8')) || ':' || field || ',' end,
           '' order by ordinality), 'UTF8')), 'hex')
    from unnest(array[
           action.position::text,
           to_char(action.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
           action.operator, action.command, action.reason, action.request_id,
           action.arguments::text, action.result::text, action.previous_hash
         ]) with ordinality as fields (field, ordinality)
$$;

create function portal.chain_operator_action() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  last record;
begin
  -- One writer at a time, so that two records never follow the same one.
  perform pg_advisory_xact_lock(hashtextextended('portal.operator_actions', 0));
  select position, hash into last
    from portal.operator_actions
   where position is not null
   order by position desc limit 1;
  new.position := coalesce(last.position, 0) + 1;
  new.previous_hash := coalesce(last.hash, repeat('0', 64));
  new.hash := portal.operator_action_hash(new);
  return new;
end
$$;

-- Existing records begin the chain. The table is small: one row for each change by an operator.
do $$
declare
  known bigint;
  action portal.operator_actions;
begin
  for known in select id from portal.operator_actions order by id loop
    select * into action from portal.operator_actions where id = known;
    select coalesce(max(position), 0) + 1 into action.position from portal.operator_actions;
    select coalesce((select hash from portal.operator_actions
                      where position = action.position - 1), repeat('0', 64))
      into action.previous_hash;
    update portal.operator_actions
       set position = action.position, previous_hash = action.previous_hash,
           hash = portal.operator_action_hash(action)
     where id = known;
  end loop;
end
$$;

create trigger operator_actions_chain
  before insert on portal.operator_actions
  for each row execute function portal.chain_operator_action();

-- Keeps records as they are. The prune may delete a record that is older than a year; it records
-- the hash of the last one that it deleted. The owner of the table can drop the triggers; then the
-- chain, and its signed heads in the evidence bucket, show what was changed.
create function portal.keep_operator_actions() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' and old.at < now() - interval '365 days' then
    return old;
  end if;
  raise exception 'The audit log is append-only: % is refused.', lower(tg_op)
    using errcode = 'insufficient_privilege';
end
$$;
create trigger operator_actions_keep_rows
  before update or delete on portal.operator_actions
  for each row execute function portal.keep_operator_actions();
create trigger operator_actions_keep_table
  before truncate on portal.operator_actions
  for each statement execute function portal.keep_operator_actions();

-- Down Migration

set local lock_timeout = '5s';
drop trigger operator_actions_keep_table on portal.operator_actions;
drop trigger operator_actions_keep_rows on portal.operator_actions;
drop trigger operator_actions_chain on portal.operator_actions;
drop function portal.keep_operator_actions();
drop function portal.chain_operator_action();
drop function portal.operator_action_hash(portal.operator_actions);
alter table portal.operator_actions
  drop column request_id, drop column position, drop column previous_hash, drop column hash;

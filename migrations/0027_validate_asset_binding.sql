-- Up Migration

set local lock_timeout = '5s';
alter table portal.assets validate constraint assets_binding_check;

-- Down Migration

-- A validated constraint needs no undoing.
select 1;

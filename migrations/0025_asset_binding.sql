-- Up Migration

-- `binding` names the evidence that combines a row with its video at Mux. Null: older than this column.
-- The last two columns hold when the owner was notified: once that the video plays, and once that it
-- will not.
set local lock_timeout = '5s';
alter table portal.assets
  add column binding text,
  add column bound_at timestamptz,
  add column bound_event_id text,
  add column ready_announced_at timestamptz,
  add column end_announced_at timestamptz,
  add constraint assets_binding_check
    check (binding in ('passthrough', 'upload', 'operator')) not valid;

-- Down Migration

set local lock_timeout = '5s';
alter table portal.assets
  drop column binding,
  drop column bound_at,
  drop column bound_event_id,
  drop column ready_announced_at,
  drop column end_announced_at;

-- Up Migration
-- No transaction

-- The merge of two asset rows moves notifications by asset, and the delete of an asset row checks
-- them: both read the whole table while they held the row locks of the batch.
drop index concurrently if exists portal.notifications_asset_idx;
create index concurrently notifications_asset_idx
  on portal.notifications (asset_id) where asset_id is not null;

-- The retry job locks the orphaned failed events of one provider, longest without an update first.
drop index concurrently if exists portal.webhook_events_failed_idx;
create index concurrently webhook_events_failed_idx
  on portal.webhook_events (source, updated_at) where status = 'failed';

-- `ops events show` lists the operator commands that name the event.
drop index concurrently if exists portal.operator_actions_event_idx;
create index concurrently operator_actions_event_idx
  on portal.operator_actions ((arguments ->> 'event')) where arguments ->> 'event' is not null;

-- Down Migration
-- No transaction

drop index concurrently if exists portal.notifications_asset_idx;
drop index concurrently if exists portal.webhook_events_failed_idx;
drop index concurrently if exists portal.operator_actions_event_idx;

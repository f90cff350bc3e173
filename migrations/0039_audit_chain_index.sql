-- Up Migration
-- No transaction

-- Unique, so that two records never share a position. The chain reads its end with each record.
drop index concurrently if exists portal.operator_actions_position_idx;
create unique index concurrently operator_actions_position_idx
  on portal.operator_actions (position);

-- Down Migration

drop index concurrently portal.operator_actions_position_idx;

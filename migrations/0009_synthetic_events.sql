-- Up Migration

-- What npm run smoke makes is not to be taken for an event of a provider that nothing follows from. Not checked of the
-- rows that are there: whatever they are was allowed before.
alter table portal.webhook_events drop constraint webhook_events_status_check;
alter table portal.webhook_events add constraint webhook_events_status_check
  check (status in ('processed', 'ignored', 'synthetic', 'failed', 'exhausted')) not valid;
alter table portal.webhook_events validate constraint webhook_events_status_check;

-- Down Migration

update portal.webhook_events set status = 'ignored' where status = 'synthetic';
alter table portal.webhook_events drop constraint webhook_events_status_check;
alter table portal.webhook_events add constraint webhook_events_status_check
  check (status in ('processed', 'ignored', 'failed', 'exhausted'));

-- Up Migration

-- Serve the job report-backlog, which looks every five minutes for uploads and mails of the last day
-- that have caused no event.
create index assets_uploads_idx on portal.assets (created_at) where mux_upload_id is not null and owner_id is not null;
create index notifications_sent_idx on portal.notifications (sent_at) where sent_at is not null;

-- Down Migration

drop index portal.notifications_sent_idx;
drop index portal.assets_uploads_idx;

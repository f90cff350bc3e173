-- Up Migration
-- No transaction

-- The job clean-up-assets finds uploads and playback URLs whose time has passed.
drop index concurrently if exists portal.assets_awaiting_upload_idx;
create index concurrently assets_awaiting_upload_idx
  on portal.assets (created_at)
  where status = 'awaiting-upload' and mux_upload_id is not null;
drop index concurrently if exists portal.assets_playback_url_expiry_idx;
create index concurrently assets_playback_url_expiry_idx
  on portal.assets (playback_url_expires_at)
  where playback_url_expires_at is not null;

-- Down Migration
-- No transaction

drop index concurrently if exists portal.assets_awaiting_upload_idx;
drop index concurrently if exists portal.assets_playback_url_expiry_idx;

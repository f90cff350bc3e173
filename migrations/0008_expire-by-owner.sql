-- Up Migration

-- Serves the expiry of due links by owner, so that one mail lists all links of an owner.
create index share_links_due_owner_idx on portal.share_links (owner_id, expires_at, id) where status = 'active';

-- Revoking changes no indexed column. Free space in the page lets Postgres update a token without
-- writing to three indexes (HOT).
alter table portal.share_link_tokens set (fillfactor = 85);

-- Down Migration

alter table portal.share_link_tokens reset (fillfactor);
drop index portal.share_links_due_owner_idx;

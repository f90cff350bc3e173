-- Up Migration

-- What is due is expired owner by owner, so that one mail tells of all their links.
create index share_links_due_owner_idx on portal.share_links (owner_id, expires_at, id) where status = 'active';

-- Revoking touches no indexed column: with some room in its page a token is revoked without writing to three indexes.
alter table portal.share_link_tokens set (fillfactor = 85);

-- Down Migration

alter table portal.share_link_tokens reset (fillfactor);
drop index portal.share_links_due_owner_idx;

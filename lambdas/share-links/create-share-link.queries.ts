import type { Queryable } from '../platform/postgres/database.ts';

export interface NewShareLink {
  readonly id: string;
  readonly assetId: string;
  readonly ownerId: string;
  readonly label: string | null;
  readonly expiresAt: Date;
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
}

export type ShareLinkInsertion =
  | 'created'
  | 'asset-not-found'
  | 'not-the-owner'
  | 'asset-not-ready';

/**
 * Locks the asset until the commit, so that an event that deletes the asset is applied either
 * before or after the insertion of the link.
 */
const INSERT = `
  with asset as (
    select id, status, owner_id = $3::uuid as owned
      from portal.assets
     where id = $2::uuid
       for share
  ), link as (
    insert into portal.share_links (id, asset_id, owner_id, label, expires_at, created_at)
    select $1::uuid, id, $3::uuid, $4::text, $5::timestamptz, $7::timestamptz
      from asset
     where status = 'ready' and owned
    returning id
  ), token as (
    insert into portal.share_link_tokens (share_link_id, token_hash, created_at)
    select id, $6::bytea, $7::timestamptz from link
  )
  select case when exists (select from link) then 'created'
              when owned is not true then 'not-the-owner'
              else 'asset-not-ready' end as insertion
    from asset`;

/** Inserts the link and the hash of its token, if the asset is ready and belongs to the owner. */
export async function insertShareLink(
  db: Queryable,
  link: NewShareLink,
): Promise<ShareLinkInsertion> {
  const { rows } = await db.query<{ insertion: ShareLinkInsertion }>(INSERT, [
    link.id,
    link.assetId,
    link.ownerId,
    link.label,
    link.expiresAt,
    link.tokenHash,
    link.createdAt,
  ]);
  return rows[0]?.insertion ?? 'asset-not-found';
}

import type { AssetStatus } from '../assets/assets.queries.ts';
import type { Queryable } from '../platform/postgres/database.ts';

/** A video that a member uploads or has uploaded. */
export interface UploadLine {
  readonly asset: string;
  readonly title: string | null;
  readonly status: AssetStatus;
  readonly statusAt: Date | null;
  readonly muxUpload: string;
  readonly muxAsset: string | null;
  readonly failureReason: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const LIST = `
  select id as asset, title, status, status_at as "statusAt", mux_upload_id as "muxUpload",
         mux_asset_id as "muxAsset", failure_reason as "failureReason",
         created_at as "createdAt", updated_at as "updatedAt"
    from portal.assets
   where mux_upload_id is not null and owner_id is not null
     and ($1::text is null or status = $1)
     and ($2::uuid is null
          or (created_at, id) < (select created_at, id from portal.assets where id = $2::uuid))
   order by created_at desc, id desc
   limit $3::int`;

export interface UploadPage {
  readonly status: AssetStatus | undefined;
  /** Id of the last asset of the previous page. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** Lists uploads of members, newest first. */
export async function listUploads(
  db: Queryable,
  { status, after, limit }: UploadPage,
): Promise<readonly UploadLine[]> {
  const values = [status ?? null, after ?? null, limit];
  return (await db.query<UploadLine & Record<string, unknown>>(LIST, values)).rows;
}

import type { Queryable } from '../platform/postgres/database.ts';

export interface NewUpload {
  readonly id: string;
  readonly ownerId: string;
  readonly title: string;
  readonly muxUploadId: string;
  /** Start of this attempt. Of two attempts with one key, the later attempt wins. */
  readonly startedAt: Date;
  readonly uploadExpiresAt: Date;
}

export interface UploadCheck {
  readonly ownerExists: boolean;
  /** True if the id belongs to an asset of another request. */
  readonly idInUse: boolean;
}

const CHECK = `
  select exists (select from portal.users where id = $2::uuid) as "ownerExists",
         exists (
           select from portal.assets
            where id = $1::uuid
              and not (status = 'awaiting-upload' and created_at > $3::timestamptz)
         ) as "idInUse"`;

/**
 * Replaces the row of an earlier attempt with the same key that died after its insertion. The
 * upload URL of that attempt was never returned.
 */
const INSERT = `
  insert into portal.assets as asset
    (id, owner_id, title, status, mux_upload_id, created_at, updated_at, upload_expires_at)
  values ($1::uuid, $2::uuid, $3::text, 'awaiting-upload', $4::text,
          $5::timestamptz, $5::timestamptz, $6::timestamptz)
  on conflict (id) do update
     set owner_id = excluded.owner_id, title = excluded.title,
         mux_upload_id = excluded.mux_upload_id,
         created_at = excluded.created_at, updated_at = excluded.updated_at,
         upload_expires_at = excluded.upload_expires_at
   where asset.status = 'awaiting-upload' and asset.created_at < excluded.created_at`;

export interface UploadSelection {
  readonly id: string;
  readonly ownerId: string;
  readonly keyValidSince: Date;
}

export async function checkUpload(
  db: Queryable,
  { id, ownerId, keyValidSince }: UploadSelection,
): Promise<UploadCheck> {
  const { rows } = await db.query<UploadCheck & Record<string, unknown>>(CHECK, [
    id,
    ownerId,
    keyValidSince,
  ]);
  return rows[0] ?? { ownerExists: false, idInUse: false };
}

/** @returns false if a later attempt wrote the row, or the asset has left `awaiting-upload`. */
export async function insertUpload(db: Queryable, upload: NewUpload): Promise<boolean> {
  const { id, ownerId, title, muxUploadId, startedAt, uploadExpiresAt } = upload;
  const values = [id, ownerId, title, muxUploadId, startedAt, uploadExpiresAt];
  const { rowCount } = await db.query(INSERT, values);
  return rowCount === 1;
}

import type { Queryable } from '../platform/postgres/database.ts';

export interface NewUpload {
  readonly id: string;
  readonly ownerId: string;
  readonly title: string;
  readonly muxUploadId: string;
  /** When this attempt began: of two attempts for one key, the later one counts. */
  readonly startedAt: Date;
}

export interface UploadPlace {
  readonly ownerKnown: boolean;
  /** True where the id is of a film that no attempt of the same request can have left. */
  readonly taken: boolean;
}

const FIND_PLACE = `
  select exists (select from portal.users where id = $2::uuid) as "ownerKnown",
         exists (
           select from portal.assets
            where id = $1::uuid and not (status = 'awaiting-upload' and created_at > $3::timestamptz)
         ) as taken`;

/** An attempt that died after this statement left the row, and an upload whose URL nobody has: the row is used again. */
const INSERT = `
  insert into portal.assets as film (id, owner_id, title, status, mux_upload_id, created_at, updated_at)
  values ($1::uuid, $2::uuid, $3::text, 'awaiting-upload', $4::text, $5::timestamptz, $5::timestamptz)
  on conflict (id) do update
     set owner_id = excluded.owner_id, title = excluded.title, mux_upload_id = excluded.mux_upload_id,
         created_at = excluded.created_at, updated_at = excluded.updated_at
   where film.status = 'awaiting-upload' and film.created_at < excluded.created_at`;

export async function findUploadPlace(
  db: Queryable,
  {
    id,
    ownerId,
    leftAfter,
  }: { readonly id: string; readonly ownerId: string; readonly leftAfter: Date },
): Promise<UploadPlace> {
  const { rows } = await db.query<UploadPlace & Record<string, unknown>>(FIND_PLACE, [
    id,
    ownerId,
    leftAfter,
  ]);
  return rows[0] ?? { ownerKnown: false, taken: false };
}

/** @returns false where a later attempt was faster, or the film has come further. */
export async function insertUpload(db: Queryable, upload: NewUpload): Promise<boolean> {
  const { id, ownerId, title, muxUploadId, startedAt } = upload;
  const { rowCount } = await db.query(INSERT, [id, ownerId, title, muxUploadId, startedAt]);
  return rowCount === 1;
}

import type { AssetStatus } from '../assets/assets.queries.ts';
import type { Queryable } from '../platform/postgres/database.ts';

/** A video of a member that has not reached an end. */
export interface UnfinishedAsset {
  readonly id: string;
  readonly status: AssetStatus;
  readonly muxUploadId: string | null;
  readonly muxAssetId: string | null;
  /** Creation time in Postgres' own precision, for the position. */
  readonly createdAt: string;
}

/** Position in the list, after which it continues. */
export interface AssetPosition {
  readonly createdAt: string;
  readonly id: string;
}

const COLUMNS = `
  id, status, mux_upload_id as "muxUploadId", mux_asset_id as "muxAssetId",
  created_at::text as "createdAt"`;

/**
 * The job clean-up-assets cancels an upload without an event of Mux, as its URL has expired. If the
 * event of its file was missed, that is a mistake, so such uploads are read for half a day.
 */
const FIND = `
  select * from (
    (select ${COLUMNS} from portal.assets
      where status in ('awaiting-upload', 'processing') and owner_id is not null
        and num_nonnulls(mux_upload_id, mux_asset_id) > 0
        and coalesce(status_at, created_at) < $1::timestamptz
        and (created_at, id) > ($2::timestamptz, $3::uuid)
      order by created_at, id limit $4::integer)
    union all
    (select ${COLUMNS} from portal.assets
      where mux_upload_id is not null and owner_id is not null
        and status = 'cancelled' and status_event_id is null
        and created_at > $1::timestamptz - interval '12 hours'
        and (created_at, id) > ($2::timestamptz, $3::uuid)
      order by created_at, id limit $4::integer)
  ) as unfinished
  order by "createdAt"::timestamptz, id limit $4::integer`;

const START: AssetPosition = {
  createdAt: '-infinity',
  id: '00000000-0000-0000-0000-000000000000',
};

/** Returns the oldest unfinished videos that have not changed since `unchangedSince`. */
export async function findUnfinishedAssets(
  db: Queryable,
  {
    unchangedSince,
    after,
    limit,
  }: {
    readonly unchangedSince: Date;
    readonly after: AssetPosition | null;
    readonly limit: number;
  },
): Promise<readonly UnfinishedAsset[]> {
  const { createdAt, id } = after ?? START;
  const values = [unchangedSince, createdAt, id, limit];
  return (await db.query<UnfinishedAsset & Record<string, unknown>>(FIND, values)).rows;
}

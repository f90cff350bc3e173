import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';

export type AssetStatus =
  | 'awaiting-upload'
  | 'processing'
  | 'cancelled'
  | 'ready'
  | 'failed'
  | 'deleted';

export interface Asset {
  readonly id: string;
  readonly ownerId: string | null;
  readonly title: string | null;
  readonly status: AssetStatus;
  readonly statusAt: Date | null;
  readonly statusEventId: string | null;
  readonly muxUploadId: string | null;
  readonly muxAssetId: string | null;
  readonly playbackId: string | null;
  readonly playbackPolicy: string | null;
  readonly playbackUrl: string | null;
  readonly playbackUrlExpiresAt: Date | null;
  readonly durationSeconds: number | null;
  readonly aspectRatio: string | null;
  readonly readyAt: Date | null;
  readonly readyEventId: string | null;
  readonly failureReason: string | null;
  readonly failedAt: Date | null;
  readonly failedEventId: string | null;
}

/** Identifiers of one asset. A null identifier never matches. */
export interface AssetIdentifiers {
  readonly portalId: string | null;
  readonly assetId: string | null;
  readonly uploadId: string | null;
}

/**
 * Takes advisory locks on Mux's ids in hash order, so that concurrent inserts and renames of assets
 * cannot deadlock. Assets known only by a portal id are serialized by their row locks.
 */
const LOCK_MUX_IDS = `
  select pg_advisory_xact_lock(hash)
  from (
    select distinct hashtextextended(name, 0) as hash
    from unnest($1::text[]) as name
    order by hash) as names`;

/**
 * Inserts a row without an owner for each asset that matches no row. A row that shares one Mux id
 * but differs in the other belongs to another asset. If two transactions insert the same asset, the
 * second waits for the first and inserts nothing.
 */
const INSERT_UNKNOWN = `
  insert into portal.assets (mux_asset_id, mux_upload_id, created_at, updated_at)
  select asset.asset_id, asset.upload_id, $2::timestamptz, $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as asset (portal_id uuid, asset_id text, upload_id text)
  where not exists (
    select from portal.assets known
    where (known.id = asset.portal_id
        or known.mux_asset_id = asset.asset_id
        or known.mux_upload_id = asset.upload_id)
      and coalesce(known.mux_asset_id = asset.asset_id, true)
      and coalesce(known.mux_upload_id = asset.upload_id, true)
  )
  order by asset.asset_id is null or asset.upload_id is null, asset.asset_id, asset.upload_id
  on conflict do nothing`;

/** Locks rows in id order, so that transactions that share assets cannot deadlock. */
const LOCK = `
  select id, owner_id as "ownerId", title,
         status, status_at as "statusAt", status_event_id as "statusEventId",
         mux_upload_id as "muxUploadId", mux_asset_id as "muxAssetId",
         playback_id as "playbackId", playback_policy as "playbackPolicy",
         playback_url as "playbackUrl", playback_url_expires_at as "playbackUrlExpiresAt",
         duration_seconds as "durationSeconds", aspect_ratio as "aspectRatio",
         ready_at as "readyAt", ready_event_id as "readyEventId", failure_reason as "failureReason",
         failed_at as "failedAt", failed_event_id as "failedEventId"
  from portal.assets
  where id = any($1::uuid[]) or mux_asset_id = any($2::text[]) or mux_upload_id = any($3::text[])
  order by id
  for update`;

/** Moves events and notifications of a duplicate row to the remaining row, and deletes it. */
const MERGE = `
  with merged as (
    select * from jsonb_to_recordset($1::jsonb) as pair (from_id uuid, into_id uuid)
  ), moved_events as (
    update portal.asset_events set asset_id = merged.into_id
    from merged where asset_id = merged.from_id
  ), moved_notifications as (
    update portal.notifications set asset_id = merged.into_id
    from merged where asset_id = merged.from_id
  )
  delete from portal.assets using merged where id = merged.from_id and owner_id is null`;

/**
 * Updates rows forward only: the `where` rejects a status that is older than the stored one. The
 * ids are a separate parameter, because Postgres cannot estimate the number of rows in a JSON text
 * and scans the entire table for a hundred rows.
 */
const UPDATE = `
  update portal.assets as asset
  set status = changed.status, status_at = changed."statusAt",
      status_event_id = changed."statusEventId",
      mux_upload_id = changed."muxUploadId", mux_asset_id = changed."muxAssetId",
      playback_id = changed."playbackId", playback_policy = changed."playbackPolicy",
      playback_url = changed."playbackUrl",
      playback_url_expires_at = changed."playbackUrlExpiresAt",
      duration_seconds = changed."durationSeconds", aspect_ratio = changed."aspectRatio",
      ready_at = changed."readyAt", ready_event_id = changed."readyEventId",
      failure_reason = changed."failureReason", failed_at = changed."failedAt",
      failed_event_id = changed."failedEventId", updated_at = $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as changed (
    id uuid, status text, "statusAt" timestamptz, "statusEventId" text,
    "muxUploadId" text, "muxAssetId" text, "playbackId" text, "playbackPolicy" text,
    "playbackUrl" text, "playbackUrlExpiresAt" timestamptz,
    "durationSeconds" double precision, "aspectRatio" text,
    "readyAt" timestamptz, "readyEventId" text,
    "failureReason" text, "failedAt" timestamptz, "failedEventId" text)
  where asset.id = changed.id and asset.id = any($3::uuid[])
    and (portal.asset_rank(asset.status), coalesce(asset.status_at, '-infinity'),
         coalesce(asset.status_event_id, '') collate "C")
     <= (portal.asset_rank(changed.status), coalesce(changed."statusAt", '-infinity'),
         coalesce(changed."statusEventId", '') collate "C")`;

// While a statement waits for a row, another transaction may merge the row into one that the
// statement did not select. Five such merges in a row indicate a bug.
const MAX_LOCK_ATTEMPTS = 5;

/** Locks the rows of the assets, and inserts a row for each unknown asset. */
export async function lockAssets(
  db: Queryable,
  assets: readonly AssetIdentifiers[],
  now: Date,
): Promise<readonly Asset[]> {
  const lockRows = async () =>
    (await db.query<Asset & Record<string, unknown>>(LOCK, identifierParameters(assets))).rows;
  // The statements are sent without waiting, so all of them share one round trip.
  const [, known] = await Promise.all([db.query(LOCK_MUX_IDS, [lockNames(assets)]), lockRows()]);
  if (assets.every((asset) => known.some((row) => matchesAsset(row, asset)))) return known;
  for (let attempt = 1; attempt <= MAX_LOCK_ATTEMPTS; attempt += 1) {
    const [, rows] = await Promise.all([insertUnknownAssets(db, assets, now), lockRows()]);
    if (assets.every((asset) => rows.some((row) => sharesIdentifier(row, asset)))) return rows;
  }
  throw new Error(`An asset's row was merged into another ${MAX_LOCK_ATTEMPTS} times in a row.`);
}

function lockNames(assets: readonly AssetIdentifiers[]): readonly string[] {
  return assets.flatMap(({ assetId, uploadId }) => [
    ...(assetId === null ? [] : [`asset ${assetId}`]),
    ...(uploadId === null ? [] : [`upload ${uploadId}`]),
  ]);
}

function insertUnknownAssets(db: Queryable, assets: readonly AssetIdentifiers[], now: Date) {
  const rows = assets.map(({ portalId, assetId, uploadId }) => ({
    portal_id: portalId,
    asset_id: assetId,
    upload_id: uploadId,
  }));
  return db.query(INSERT_UNKNOWN, [jsonParameter(rows), now]);
}

/**
 * Returns true if the row can belong to the asset: they share an identifier, and no Mux id differs.
 * The second condition is needed because Mux accepts one passthrough (the portal id) for several
 * assets. INSERT_UNKNOWN has the same condition in SQL.
 */
export const matchesAsset = (row: Asset, asset: AssetIdentifiers): boolean =>
  sharesIdentifier(row, asset) &&
  isCompatible(row.muxAssetId, asset.assetId) &&
  isCompatible(row.muxUploadId, asset.uploadId);

const isCompatible = (known: string | null, received: string | null) =>
  known === null || received === null || known === received;

const sharesIdentifier = (
  { id, muxAssetId, muxUploadId }: Asset,
  { portalId, assetId, uploadId }: AssetIdentifiers,
) =>
  id === portalId ||
  (muxAssetId !== null && muxAssetId === assetId) ||
  (muxUploadId !== null && muxUploadId === uploadId);

/** Returns portal ids, asset ids and upload ids, as three parameters of a SQL statement. */
export function identifierParameters(assets: readonly AssetIdentifiers[]): readonly string[][] {
  const distinct = (ids: readonly (string | null)[]) => [
    ...new Set(ids.filter((id) => id !== null)),
  ];
  return [
    distinct(assets.map(({ portalId }) => portalId)),
    distinct(assets.map(({ assetId }) => assetId)),
    distinct(assets.map(({ uploadId }) => uploadId)),
  ];
}

export interface AssetMerge {
  readonly fromId: string;
  readonly intoId: string;
}

export async function mergeAssets(db: Queryable, merges: readonly AssetMerge[]): Promise<void> {
  if (merges.length === 0) return;
  await db.query(MERGE, [
    jsonParameter(merges.map(({ fromId, intoId }) => ({ from_id: fromId, into_id: intoId }))),
  ]);
}

export async function updateAssets(
  db: Queryable,
  assets: readonly Asset[],
  now: Date,
): Promise<void> {
  if (assets.length === 0) return;
  await db.query(UPDATE, [jsonParameter(assets), now, assets.map(({ id }) => id)]);
}

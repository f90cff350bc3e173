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
  /** Evidence that combines the row with its asset at Mux. Null: older than the column. */
  readonly binding: 'passthrough' | 'upload' | 'operator' | null;
  /** Earliest event whose passthrough bound the row. */
  readonly boundAt: Date | null;
  readonly boundEventId: string | null;
  /** Time of the event upon which the owner was notified that the video plays. */
  readonly readyAnnouncedAt: Date | null;
  /** Time of the event upon which the owner was notified that the video failed or was cancelled. */
  readonly endAnnouncedAt: Date | null;
}

/** Identifiers of one asset. A null identifier never matches. */
export interface AssetIdentifiers {
  readonly portalId: string | null;
  readonly assetId: string | null;
  readonly uploadId: string | null;
}

/** Columns of an `Asset`, for a `select` from portal.assets. */
export const assetColumns = `
         id, owner_id as "ownerId", title,
         status, status_at as "statusAt", status_event_id as "statusEventId",
         mux_upload_id as "muxUploadId", mux_asset_id as "muxAssetId",
         playback_id as "playbackId", playback_policy as "playbackPolicy",
         playback_url as "playbackUrl", playback_url_expires_at as "playbackUrlExpiresAt",
         duration_seconds as "durationSeconds", aspect_ratio as "aspectRatio",
         ready_at as "readyAt", ready_event_id as "readyEventId", failure_reason as "failureReason",
         failed_at as "failedAt", failed_event_id as "failedEventId", binding,
         bound_at as "boundAt", bound_event_id as "boundEventId",
         ready_announced_at as "readyAnnouncedAt", end_announced_at as "endAnnouncedAt"`;

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
      failed_event_id = changed."failedEventId", binding = changed.binding,
      bound_at = changed."boundAt", bound_event_id = changed."boundEventId",
      ready_announced_at = changed."readyAnnouncedAt",
      end_announced_at = changed."endAnnouncedAt", updated_at = $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as changed (
    id uuid, status text, "statusAt" timestamptz, "statusEventId" text,
    "muxUploadId" text, "muxAssetId" text, "playbackId" text, "playbackPolicy" text,
    "playbackUrl" text, "playbackUrlExpiresAt" timestamptz,
    "durationSeconds" double precision, "aspectRatio" text,
    "readyAt" timestamptz, "readyEventId" text,
    "failureReason" text, "failedAt" timestamptz, "failedEventId" text, binding text,
    "boundAt" timestamptz, "boundEventId" text,
    "readyAnnouncedAt" timestamptz, "endAnnouncedAt" timestamptz)
  where asset.id = changed.id and asset.id = any($3::uuid[])
    and (portal.asset_rank(asset.status), coalesce(asset.status_at, '-infinity'),
         coalesce(asset.status_event_id, '') collate "C")
     <= (portal.asset_rank(changed.status), coalesce(changed."statusAt", '-infinity'),
         coalesce(changed."statusEventId", '') collate "C")`;

/**
 * Removes the ids and the state of an asset of Mux from the row that loses it. `updateAssets` then
 * writes the row's new ids. The `where` rejects a row that is bound differently by now.
 */
const DETACH = `
  update portal.assets as asset
  set mux_asset_id = null, mux_upload_id = null,
      status = 'awaiting-upload', status_at = null, status_event_id = null,
      playback_id = null, playback_policy = null, playback_url = null,
      playback_url_expires_at = null, duration_seconds = null, aspect_ratio = null,
      ready_at = null, ready_event_id = null,
      failure_reason = null, failed_at = null, failed_event_id = null,
      binding = null, bound_at = null, bound_event_id = null,
      ready_announced_at = null, end_announced_at = null, updated_at = $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as detached (
    "fromId" uuid, "muxAssetId" text, "muxUploadId" text)
  where asset.id = detached."fromId"
    and asset.mux_asset_id is not distinct from detached."muxAssetId"
    and asset.mux_upload_id is not distinct from detached."muxUploadId"`;

/** Inserts rows without an owner for assets that were detached from rows of the portal. */
const INSERT = `
  insert into portal.assets (id, created_at, updated_at)
  select id, $2::timestamptz, $2::timestamptz from unnest($1::uuid[]) as id`;

/** Returns true if the row holds a Mux id of the asset. */
export const holdsIdOf = (
  { muxAssetId, muxUploadId }: Asset,
  { assetId, uploadId }: AssetIdentifiers,
): boolean =>
  (muxAssetId !== null && muxAssetId === assetId) ||
  (muxUploadId !== null && muxUploadId === uploadId);

/** Returns true if no Mux id of the row differs from the asset's. */
export const isCompatible = (
  { muxAssetId, muxUploadId }: Asset,
  { assetId, uploadId }: AssetIdentifiers,
): boolean => agrees(muxAssetId, assetId) && agrees(muxUploadId, uploadId);

const agrees = (known: string | null, received: string | null) =>
  known === null || received === null || known === received;

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

export interface AssetDetachment {
  /** Row of the portal that loses the asset. */
  readonly fromId: string;
  /** New row without an owner that keeps the asset's ids and state. */
  readonly toId: string;
  /** Ids of the row before. */
  readonly muxAssetId: string | null;
  readonly muxUploadId: string | null;
}

export async function detachAssets(
  db: Queryable,
  detachments: readonly AssetDetachment[],
  now: Date,
): Promise<void> {
  if (detachments.length === 0) return;
  await db.query(DETACH, [jsonParameter(detachments), now]);
}

/** Inserts empty rows, which `updateAssets` fills. */
export async function insertDetached(
  db: Queryable,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  if (ids.length > 0) await db.query(INSERT, [ids, now]);
}

export async function updateAssets(
  db: Queryable,
  assets: readonly Asset[],
  now: Date,
): Promise<void> {
  if (assets.length === 0) return;
  await db.query(UPDATE, [jsonParameter(assets), now, assets.map(({ id }) => id)]);
}

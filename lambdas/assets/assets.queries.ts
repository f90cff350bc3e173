import type { Queryable } from '../platform/postgres/database.ts';

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

/** The names under which a film may be known; a null matches nothing. */
export interface AssetIdentifiers {
  readonly portalId: string | null;
  readonly assetId: string | null;
  readonly uploadId: string | null;
}

/**
 * One transaction at a time for a name of Mux's, in the order of the names: rows are made and get names in an order in
 * which two transactions could wait for each other. Films that are only known by other names meet at their rows.
 */
const LOCK_NAMES = `
  select pg_advisory_xact_lock(hash)
  from (select distinct hashtextextended(name, 0) as hash from unnest($1::text[]) as name order by hash) as names`;

/**
 * A row without an owner for each film that no row can be: what shares one id and differs in another is another film.
 * Two transactions that meet the same unknown film make one row: the later waits for the earlier and finds it there.
 */
const INSERT_UNKNOWN = `
  insert into portal.assets (mux_asset_id, mux_upload_id, created_at, updated_at)
  select film.asset_id, film.upload_id, $2::timestamptz, $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as film (portal_id uuid, asset_id text, upload_id text)
  where not exists (
    select from portal.assets known
    where (known.id = film.portal_id or known.mux_asset_id = film.asset_id or known.mux_upload_id = film.upload_id)
      and coalesce(known.mux_asset_id = film.asset_id, true)
      and coalesce(known.mux_upload_id = film.upload_id, true)
  )
  order by film.asset_id is null or film.upload_id is null, film.asset_id, film.upload_id
  on conflict do nothing`;

/** In the order of ids, so that transactions that share assets wait for each other and never in a circle. */
const LOCK = `
  select id, owner_id as "ownerId", title, status, status_at as "statusAt", status_event_id as "statusEventId",
         mux_upload_id as "muxUploadId", mux_asset_id as "muxAssetId",
         playback_id as "playbackId", playback_policy as "playbackPolicy",
         playback_url as "playbackUrl", playback_url_expires_at as "playbackUrlExpiresAt",
         duration_seconds as "durationSeconds", aspect_ratio as "aspectRatio",
         ready_at as "readyAt", ready_event_id as "readyEventId",
         failure_reason as "failureReason", failed_at as "failedAt", failed_event_id as "failedEventId"
  from portal.assets
  where id = any($1::uuid[]) or mux_asset_id = any($2::text[]) or mux_upload_id = any($3::text[])
  order by id
  for update`;

/** What was recorded for the row that goes, is from then on about the row that stays. */
const MERGE = `
  with merged as (
    select * from jsonb_to_recordset($1::jsonb) as pair (from_id uuid, into_id uuid)
  ), moved_events as (
    update portal.asset_events set asset_id = merged.into_id from merged where asset_id = merged.from_id
  ), moved_notifications as (
    update portal.notifications set asset_id = merged.into_id from merged where asset_id = merged.from_id
  )
  delete from portal.assets using merged where id = merged.from_id and owner_id is null`;

/**
 * Forward only: the row is what it was, or has come further, whoever else writes it. The ids are given once more, as
 * Postgres cannot see how few rows are in a JSON text, and reads the whole table for a hundred.
 */
const UPDATE = `
  update portal.assets as asset
  set status = changed.status, status_at = changed."statusAt", status_event_id = changed."statusEventId",
      mux_upload_id = changed."muxUploadId", mux_asset_id = changed."muxAssetId",
      playback_id = changed."playbackId", playback_policy = changed."playbackPolicy",
      playback_url = changed."playbackUrl", playback_url_expires_at = changed."playbackUrlExpiresAt",
      duration_seconds = changed."durationSeconds", aspect_ratio = changed."aspectRatio",
      ready_at = changed."readyAt", ready_event_id = changed."readyEventId",
      failure_reason = changed."failureReason", failed_at = changed."failedAt",
      failed_event_id = changed."failedEventId", updated_at = $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as changed (
    id uuid, status text, "statusAt" timestamptz, "statusEventId" text, "muxUploadId" text, "muxAssetId" text,
    "playbackId" text, "playbackPolicy" text, "playbackUrl" text, "playbackUrlExpiresAt" timestamptz,
    "durationSeconds" double precision, "aspectRatio" text, "readyAt" timestamptz, "readyEventId" text,
    "failureReason" text, "failedAt" timestamptz, "failedEventId" text)
  where asset.id = changed.id and asset.id = any($3::uuid[])
    and (portal.asset_rank(asset.status), coalesce(asset.status_at, '-infinity'), coalesce(asset.status_event_id, '') collate "C")
     <= (portal.asset_rank(changed.status), coalesce(changed."statusAt", '-infinity'), coalesce(changed."statusEventId", '') collate "C")`;

// A row that is waited for may be gone by then, merged into one that was not asked for; five times is not by chance.
const LOCK_ATTEMPTS = 5;

/** Every film has a row then: for one that nobody knows a row is made. The statements travel together. */
export async function lockAssets(
  db: Queryable,
  names: readonly AssetIdentifiers[],
  now: Date,
): Promise<readonly Asset[]> {
  const lock = async () =>
    (await db.query<Asset & Record<string, unknown>>(LOCK, nameParameters(names))).rows;
  const [, known] = await Promise.all([db.query(LOCK_NAMES, [muxNames(names)]), lock()]);
  if (names.every((film) => known.some((asset) => matchesAsset(asset, film)))) return known;
  for (let attempt = 1; attempt <= LOCK_ATTEMPTS; attempt += 1) {
    const [, rows] = await Promise.all([insertUnknown(db, names, now), lock()]);
    if (names.every((film) => rows.some((asset) => isNamed(asset, film)))) return rows;
  }
  throw new Error(`The row of a film was merged into another ${LOCK_ATTEMPTS} times in a row.`);
}

function muxNames(names: readonly AssetIdentifiers[]): readonly string[] {
  return names.flatMap(({ assetId, uploadId }) => [
    ...(assetId === null ? [] : [`asset ${assetId}`]),
    ...(uploadId === null ? [] : [`upload ${uploadId}`]),
  ]);
}

function insertUnknown(db: Queryable, names: readonly AssetIdentifiers[], now: Date) {
  const films = names.map((film) => ({
    portal_id: film.portalId,
    asset_id: film.assetId,
    upload_id: film.uploadId,
  }));
  return db.query(INSERT_UNKNOWN, [JSON.stringify(films), now]);
}

/**
 * Whether the row may be of the film: one film has one asset at Mux and one upload, and a passthrough may be given to
 * several by mistake. INSERT_UNKNOWN asks the same.
 */
export const matchesAsset = (asset: Asset, film: AssetIdentifiers): boolean =>
  isNamed(asset, film) &&
  agree(asset.muxAssetId, film.assetId) &&
  agree(asset.muxUploadId, film.uploadId);

const agree = (known: string | null, told: string | null) =>
  known === null || told === null || known === told;

const isNamed = (
  { id, muxAssetId, muxUploadId }: Asset,
  { portalId, assetId, uploadId }: AssetIdentifiers,
) =>
  id === portalId ||
  (muxAssetId !== null && muxAssetId === assetId) ||
  (muxUploadId !== null && muxUploadId === uploadId);

/** Portal ids, asset ids and upload ids, as the three parameters of a statement that looks for any of them. */
export function nameParameters(names: readonly AssetIdentifiers[]): readonly string[][] {
  const given = (ids: readonly (string | null)[]) => [...new Set(ids.filter((id) => id !== null))];
  return [
    given(names.map(({ portalId }) => portalId)),
    given(names.map(({ assetId }) => assetId)),
    given(names.map(({ uploadId }) => uploadId)),
  ];
}

export interface AssetMerge {
  readonly fromId: string;
  readonly intoId: string;
}

export async function mergeAssets(db: Queryable, merges: readonly AssetMerge[]): Promise<void> {
  if (merges.length === 0) return;
  await db.query(MERGE, [
    JSON.stringify(merges.map(({ fromId, intoId }) => ({ from_id: fromId, into_id: intoId }))),
  ]);
}

export async function updateAssets(
  db: Queryable,
  assets: readonly Asset[],
  now: Date,
): Promise<void> {
  if (assets.length === 0) return;
  await db.query(UPDATE, [JSON.stringify(assets), now, assets.map(({ id }) => id)]);
}

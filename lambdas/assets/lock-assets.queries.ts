import type { Queryable } from '../platform/postgres/database.ts';
import { jsonParameter } from '../platform/storable-text.ts';
import {
  type Asset,
  type AssetIdentifiers,
  assetColumns,
  holdsIdOf,
  identifierParameters,
} from './assets.queries.ts';

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
 * Inserts a row without an owner for each asset whose Mux ids no row holds. If two transactions
 * insert the same asset, the second waits for the first and inserts nothing.
 */
const INSERT_UNKNOWN = `
  insert into portal.assets (mux_asset_id, mux_upload_id, created_at, updated_at)
  select asset.asset_id, asset.upload_id, $2::timestamptz, $2::timestamptz
  from jsonb_to_recordset($1::jsonb) as asset (asset_id text, upload_id text)
  where not exists (
    select from portal.assets known
    where known.mux_asset_id = asset.asset_id or known.mux_upload_id = asset.upload_id
  )
  order by asset.asset_id is null or asset.upload_id is null, asset.asset_id, asset.upload_id
  on conflict do nothing`;

/** Locks rows in id order, so that transactions that share assets cannot deadlock. */
const LOCK = `
  select ${assetColumns}
  from portal.assets
  where id = any($1::uuid[]) or mux_asset_id = any($2::text[]) or mux_upload_id = any($3::text[])
  order by id
  for update`;

// While a statement waits for a row, another transaction may merge the row into one that the
// statement did not select. Five such merges in a row indicate a bug.
const MAX_LOCK_ATTEMPTS = 5;

/**
 * Locks the rows of the assets, and inserts a row for each unknown asset.
 * @param findWanted Resolves to the assets that may be inserted. The default is all.
 */
export async function lockAssets(
  db: Queryable,
  assets: readonly AssetIdentifiers[],
  now: Date,
  findWanted: () => Promise<readonly AssetIdentifiers[]> = async () => assets,
): Promise<readonly Asset[]> {
  const lockRows = async () =>
    (await db.query<Asset & Record<string, unknown>>(LOCK, identifierParameters(assets))).rows;
  // The statements are sent without waiting, so all of them share one round trip.
  const [, known] = await Promise.all([db.query(LOCK_MUX_IDS, [lockNames(assets)]), lockRows()]);
  const wanted = await findWanted();
  if (wanted.every((asset) => known.some((row) => holdsIdOf(row, asset)))) return known;
  for (let attempt = 1; attempt <= MAX_LOCK_ATTEMPTS; attempt += 1) {
    const [, rows] = await Promise.all([insertUnknownAssets(db, wanted, now), lockRows()]);
    if (wanted.every((asset) => rows.some((row) => holdsIdOf(row, asset)))) return rows;
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
  const rows = assets.map(({ assetId, uploadId }) => ({
    asset_id: assetId,
    upload_id: uploadId,
  }));
  return db.query(INSERT_UNKNOWN, [jsonParameter(rows), now]);
}

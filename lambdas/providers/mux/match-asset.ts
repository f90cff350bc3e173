import { type Asset, type AssetIdentifiers, matchesAsset } from '../../assets/assets.queries.ts';

export interface AssetMatch {
  readonly asset: Asset;
  /** Rows without an owner that belong to the same asset and are merged into `asset`. */
  readonly duplicates: readonly Asset[];
}

/**
 * Finds the row that an event is about. Mux's asset id has the highest precedence, then the upload
 * id, then the portal's id. A row of the portal precedes one that was inserted for an event of an
 * unknown asset.
 * @returns undefined if every row that shares an id contradicts the event in another id.
 */
export function matchAsset(
  identifiers: AssetIdentifiers,
  assets: readonly Asset[],
): AssetMatch | undefined {
  const matching = assets
    .filter((asset) => matchesAsset(asset, identifiers))
    .sort(
      (one, other) =>
        precedence(identifiers, other) - precedence(identifiers, one) ||
        (one.id < other.id ? -1 : 1),
    );
  const [asset, ...others] = matching;
  if (asset === undefined) return undefined;
  return { asset, duplicates: others.filter((other) => other.ownerId === null) };
}

function precedence({ assetId, uploadId, portalId }: AssetIdentifiers, asset: Asset): number {
  return (
    (asset.ownerId !== null ? 8 : 0) +
    (assetId !== null && asset.muxAssetId === assetId ? 4 : 0) +
    (uploadId !== null && asset.muxUploadId === uploadId ? 2 : 0) +
    (portalId !== null && asset.id === portalId ? 1 : 0)
  );
}

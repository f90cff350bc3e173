import { type Asset, matchesAsset } from '../../assets/assets.queries.ts';
import type { FilmIdentity } from './events.ts';

export interface AssetMatch {
  readonly asset: Asset;
  /** Rows without an owner that turn out to be the same film; they become part of `asset`. */
  readonly duplicates: readonly Asset[];
}

/**
 * Which row an event is about. Mux's asset id counts most, then the upload's, then the portal's own; a row that the
 * portal made goes before one that was made for an event of an unknown film.
 * @returns undefined where every row that shares an id contradicts the event in another.
 */
export function matchAsset(film: FilmIdentity, assets: readonly Asset[]): AssetMatch | undefined {
  const matching = assets
    .filter((asset) => matchesAsset(asset, film))
    .sort(
      (one, other) =>
        precedence(film, other) - precedence(film, one) || (one.id < other.id ? -1 : 1),
    );
  const [asset, ...others] = matching;
  if (asset === undefined) return undefined;
  return { asset, duplicates: others.filter((other) => other.ownerId === null) };
}

function precedence({ assetId, uploadId, portalId }: FilmIdentity, asset: Asset): number {
  return (
    (asset.ownerId !== null ? 8 : 0) +
    (assetId !== null && asset.muxAssetId === assetId ? 4 : 0) +
    (uploadId !== null && asset.muxUploadId === uploadId ? 2 : 0) +
    (portalId !== null && asset.id === portalId ? 1 : 0)
  );
}

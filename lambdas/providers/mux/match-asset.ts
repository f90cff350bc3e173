import {
  type Asset,
  type AssetDetachment,
  holdsIdOf,
  isCompatible,
} from '../../assets/assets.queries.ts';
import { detachAll, detachAsset, isEarlier, ownsUpload } from './asset-binding.ts';
import type { MuxEvent } from './events.ts';

/** Part of an event that decides which row it belongs to. */
export type BindingEvent = Pick<MuxEvent, 'asset' | 'derived' | 'eventId' | 'occurredAt'>;

export interface AssetMatch {
  /** Row of the asset, with its binding after the event. */
  readonly asset: Asset;
  /** Rows without an owner that belong to the same asset and are merged into `asset`. */
  readonly duplicates: readonly Asset[];
  /** Rows that lost an asset, and the new rows that keep it. */
  readonly changed: readonly Asset[];
  readonly detachments: readonly AssetDetachment[];
}

/**
 * Finds the row that an event is about. An operator's binding has the highest precedence, then the
 * row's own upload, then the row that holds an id of Mux, then the passthrough. A passthrough binds
 * only a row whose upload is unknown. If several assets carry it, the asset of its earliest event
 * is bound, so the order of the events does not matter.
 * @returns undefined if an id of Mux is held by a row that contradicts the event.
 */
export function matchAsset(event: BindingEvent, rows: readonly Asset[]): AssetMatch | undefined {
  const repaired = detachWhere(rows, event, isDisproved, detachAsset);
  const target = chooseRow(event, repaired.rows);
  if (target === undefined) return undefined;
  const isDisplaced = (row: Asset) =>
    row.id === target.id
      ? isBoundElsewhere(row, event)
      : isWeak(row) && holdsIdOf(row, event.asset);
  const freed = detachWhere(repaired.rows, event, isDisplaced, detachAll);
  const asset = freed.rows.find(({ id }) => id === target.id) as Asset;
  const others = freed.rows.filter((row) => row.id !== asset.id && holdsIdOf(row, event.asset));
  const contradicts = (row: Asset) => !isCompatible(row, event.asset);
  if (contradicts(asset) || others.some((row) => row.ownerId !== null || contradicts(row)))
    return undefined;
  return {
    asset: bind(asset, event),
    duplicates: others,
    changed: [...repaired.changed, ...freed.changed],
    detachments: [...repaired.detachments, ...freed.detachments],
  };
}

function chooseRow(event: BindingEvent, rows: readonly Asset[]): Asset | undefined {
  const { assetId, uploadId, portalId } = event.asset;
  const holders = rows.filter((row) => holdsIdOf(row, event.asset));
  return (
    holders.find(({ binding }) => binding === 'operator') ??
    holders.find((row) => ownsUpload(row) && row.muxUploadId === uploadId) ??
    holders.find(({ ownerId, binding }) => ownerId !== null || binding !== null) ??
    rows.find((row) => row.id === portalId && canBeBound(row, event)) ??
    holders.find(({ muxAssetId }) => muxAssetId !== null && muxAssetId === assetId) ??
    holders[0]
  );
}

/**
 * Returns true if the passthrough of the event may bind the row to the event's asset: the row is
 * unbound, so its upload is unknown, or a later passthrough bound it.
 */
const canBeBound = (row: Asset, event: BindingEvent): boolean =>
  isUnbound(row) || (row.binding === 'passthrough' && isEarlier(event, row));

const isUnbound = ({ muxAssetId, muxUploadId }: Asset) =>
  muxAssetId === null && muxUploadId === null;

/** Returns true if a later passthrough bound the row to another asset. */
const isBoundElsewhere = (row: Asset, { asset }: BindingEvent) =>
  row.binding === 'passthrough' && !isUnbound(row) && !holdsIdOf(row, asset);

/** Returns true for a binding that an event of another row's own upload replaces. */
const isWeak = (row: Asset) =>
  row.ownerId !== null && row.binding !== 'operator' && !ownsUpload(row);

/**
 * Returns true if the event proves that a row with its own upload is bound to another upload's
 * asset, to a clip or to a live recording. Versions before the column `binding` bound such rows.
 */
function isDisproved(row: Asset, { asset, derived }: BindingEvent): boolean {
  if (!ownsUpload(row) || row.binding !== null || row.muxAssetId === null) return false;
  const { assetId, uploadId } = asset;
  if (uploadId === row.muxUploadId) return assetId !== null && assetId !== row.muxAssetId;
  return assetId === row.muxAssetId && (derived || uploadId !== null);
}

function bind(row: Asset, event: BindingEvent): Asset {
  const { assetId, uploadId, portalId } = event.asset;
  if (row.binding === 'operator') return row;
  if (ownsUpload(row)) {
    const confirmed = row.muxUploadId === uploadId && assetId !== null;
    return confirmed ? { ...row, binding: 'upload' } : row;
  }
  if (row.id !== portalId || !canBeBound(row, event)) return row;
  return {
    ...row,
    binding: 'passthrough',
    boundAt: event.occurredAt,
    boundEventId: event.eventId,
  };
}

function detachWhere(
  rows: readonly Asset[],
  event: BindingEvent,
  isDetached: (row: Asset, event: BindingEvent) => boolean,
  detach: typeof detachAll,
) {
  const results = rows.map((row) =>
    isDetached(row, event) ? detach(row, event.eventId) : { rows: [row], detachments: [] },
  );
  return {
    rows: results.flatMap((result) => result.rows),
    changed: results.flatMap((result) => (result.detachments.length > 0 ? result.rows : [])),
    detachments: results.flatMap((result) => result.detachments),
  };
}

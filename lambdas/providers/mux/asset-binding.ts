import type { Asset, AssetDetachment } from '../../assets/assets.queries.ts';
import { deterministicUuid } from '../../platform/deterministic-id.ts';

export interface DetachResult {
  /** The row without the asset, and the new row without an owner that keeps the asset. */
  readonly rows: readonly Asset[];
  readonly detachments: readonly AssetDetachment[];
}

/** Returns true for a row of the portal whose upload is known otherwise than by a passthrough. */
export const ownsUpload = ({ ownerId, muxUploadId, binding }: Asset): boolean =>
  ownerId !== null && muxUploadId !== null && binding !== 'passthrough';

/** Returns true if the event precedes the event that bound the row. */
export function isEarlier(
  { occurredAt, eventId }: { readonly occurredAt: Date; readonly eventId: string },
  { boundAt, boundEventId }: Asset,
): boolean {
  const difference = occurredAt.getTime() - (boundAt?.getTime() ?? Number.NEGATIVE_INFINITY);
  return difference < 0 || (difference === 0 && eventId < (boundEventId ?? ''));
}

/** Removes all ids and state of Mux from the row. @param cause Identifies the event or command. */
export const detachAll = (row: Asset, cause: string): DetachResult =>
  detach(row, cause, { kept: null, moved: row.muxUploadId });

/** Removes the asset and its state from the row, which keeps its own upload. */
export const detachAsset = (row: Asset, cause: string): DetachResult =>
  detach(row, cause, { kept: row.muxUploadId, moved: null });

function detach(
  row: Asset,
  cause: string,
  upload: { readonly kept: string | null; readonly moved: string | null },
): DetachResult {
  const { id, ownerId, title, muxAssetId, muxUploadId } = row;
  const toId = deterministicUuid('mux', cause, 'detached', id);
  const unbound = {
    binding: null,
    boundAt: null,
    boundEventId: null,
    readyAnnouncedAt: null,
    endAnnouncedAt: null,
  };
  return {
    rows: [
      { ...noState, ...unbound, id, ownerId, title, muxAssetId: null, muxUploadId: upload.kept },
      { ...row, ...unbound, id: toId, ownerId: null, title: null, muxUploadId: upload.moved },
    ],
    detachments: [{ fromId: id, toId, muxAssetId, muxUploadId }],
  };
}

const noState = {
  status: 'awaiting-upload',
  statusAt: null,
  statusEventId: null,
  playbackId: null,
  playbackPolicy: null,
  playbackUrl: null,
  playbackUrlExpiresAt: null,
  durationSeconds: null,
  aspectRatio: null,
  readyAt: null,
  readyEventId: null,
  failureReason: null,
  failedAt: null,
  failedEventId: null,
} as const;

import type { Asset, AssetStatus } from '../../assets/assets.queries.ts';
import type { MuxEvent, PlaybackId } from './events.ts';

/** Equals the order of `portal.asset_rank` in Postgres, which guards every update. */
export const statusRanks: Readonly<Record<AssetStatus, number>> = {
  'awaiting-upload': 0,
  processing: 1,
  cancelled: 2,
  ready: 3,
  failed: 3,
  deleted: 4,
};

/** Time of an event and its id, which decides between two events of the same time. */
interface Observation {
  readonly at: Date | null;
  readonly eventId: string | null;
}

/**
 * Returns the asset after `event`. The result does not depend on the order of events, and applying
 * an event twice changes nothing. The status follows the highest rank, then the newest event. The
 * playback and failure fields follow the newest event that contained them.
 */
export function advance(asset: Asset, event: MuxEvent): Asset {
  const { eventId, occurredAt, target } = event;
  const observed = {
    ...asset,
    muxAssetId: asset.muxAssetId ?? event.asset.assetId,
    muxUploadId: asset.muxUploadId ?? event.asset.uploadId,
    status: target,
    statusAt: occurredAt,
    statusEventId: eventId,
    ...(target === 'ready' ? playbackFields(event) : {}),
    ...(target === 'failed' || target === 'cancelled'
      ? { failedAt: occurredAt, failedEventId: eventId, failureReason: event.failureReason }
      : {}),
  };
  return join(asset, observed);
}

/** Combines two rows of the same asset. Identity, ownership and binding are those of `asset`. */
export function join(asset: Asset, other: Asset): Asset {
  const status = supersedes(other, asset) ? other : asset;
  const ready = isNewer(readyObservation(other), readyObservation(asset)) ? other : asset;
  const failed = isNewer(failedObservation(other), failedObservation(asset)) ? other : asset;
  return {
    ...asset,
    muxAssetId: asset.muxAssetId ?? other.muxAssetId,
    muxUploadId: asset.muxUploadId ?? other.muxUploadId,
    status: status.status,
    statusAt: status.statusAt,
    statusEventId: status.statusEventId,
    readyAt: ready.readyAt,
    readyEventId: ready.readyEventId,
    playbackId: ready.playbackId,
    playbackPolicy: ready.playbackPolicy,
    playbackUrl: ready.playbackUrl,
    playbackUrlExpiresAt: ready.playbackUrlExpiresAt,
    durationSeconds: ready.durationSeconds,
    aspectRatio: ready.aspectRatio,
    failedAt: failed.failedAt,
    failedEventId: failed.failedEventId,
    failureReason: failed.failureReason,
  };
}

function playbackFields({
  occurredAt,
  eventId,
  playbackIds,
  durationSeconds,
  aspectRatio,
}: MuxEvent): Partial<Asset> {
  const playback = preferredPlayback(playbackIds);
  return {
    readyAt: occurredAt,
    readyEventId: eventId,
    playbackId: playback?.id ?? null,
    playbackPolicy: playback?.policy ?? null,
    // Signed later, when all events of the batch are applied.
    playbackUrl: null,
    playbackUrlExpiresAt: null,
    durationSeconds,
    aspectRatio,
  };
}

// DRM playback needs a licence as well as a URL. The portal does not sell licences.
const playablePolicies = ['signed', 'public'];

/** Prefers the signed id of an asset that has both: the public id was not meant for members. */
function preferredPlayback(playbackIds: readonly PlaybackId[]): PlaybackId | undefined {
  return playablePolicies
    .map((policy) => playbackIds.find((playback) => playback.policy === policy))
    .find(Boolean);
}

function supersedes(other: Asset, asset: Asset): boolean {
  const rankDifference = statusRanks[other.status] - statusRanks[asset.status];
  if (rankDifference !== 0) return rankDifference > 0;
  return isNewer(statusObservation(other), statusObservation(asset));
}

const statusObservation = ({ statusAt, statusEventId }: Asset): Observation => ({
  at: statusAt,
  eventId: statusEventId,
});
const readyObservation = ({ readyAt, readyEventId }: Asset): Observation => ({
  at: readyAt,
  eventId: readyEventId,
});
const failedObservation = ({ failedAt, failedEventId }: Asset): Observation => ({
  at: failedAt,
  eventId: failedEventId,
});

function isNewer(one: Observation, other: Observation): boolean {
  const difference = (one.at?.getTime() ?? 0) - (other.at?.getTime() ?? 0);
  return difference > 0 || (difference === 0 && (one.eventId ?? '') > (other.eventId ?? ''));
}

import type { Asset, AssetStatus } from '../../assets/assets.queries.ts';
import type { MuxEvent, PlaybackId } from './events.ts';

/** The same order as `portal.asset_rank` in Postgres, which guards every update. */
export const statusRanks: Readonly<Record<AssetStatus, number>> = {
  'awaiting-upload': 0,
  processing: 1,
  cancelled: 2,
  ready: 3,
  failed: 3,
  deleted: 4,
};

/** When something was said, and by which event; the id decides between two of one moment. */
interface Said {
  readonly at: Date | null;
  readonly eventId: string | null;
}

/**
 * What an asset is once it has seen `event` too. The result is the same in whatever order events are applied, and
 * applying one twice changes nothing: status follows the highest rank and then the newest event; what is known of
 * playback and failure follows the newest event that told of it.
 */
export function advance(asset: Asset, event: MuxEvent): Asset {
  const { eventId, occurredAt, film, target } = event;
  const seen = {
    ...asset,
    muxAssetId: asset.muxAssetId ?? film.assetId,
    muxUploadId: asset.muxUploadId ?? film.uploadId,
    status: target,
    statusAt: occurredAt,
    statusEventId: eventId,
    ...(target === 'ready' ? playbackFacts(event) : {}),
    ...(target === 'failed'
      ? { failedAt: occurredAt, failedEventId: eventId, failureReason: event.failureReason }
      : {}),
  };
  return join(asset, seen);
}

/** What two rows of one film say together. Identity and ownership are those of `asset`. */
export function join(asset: Asset, other: Asset): Asset {
  const status = reaches(other, asset) ? other : asset;
  const ready = isNewer(readySaid(other), readySaid(asset)) ? other : asset;
  const failed = isNewer(failedSaid(other), failedSaid(asset)) ? other : asset;
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

function playbackFacts({
  occurredAt,
  eventId,
  playbackIds,
  durationSeconds,
  aspectRatio,
}: MuxEvent): Partial<Asset> {
  const playback = preferred(playbackIds);
  return {
    readyAt: occurredAt,
    readyEventId: eventId,
    playbackId: playback?.id ?? null,
    playbackPolicy: playback?.policy ?? null,
    // Not signed yet.
    playbackUrl: null,
    playbackUrlExpiresAt: null,
    durationSeconds,
    aspectRatio,
  };
}

// DRM playback needs a licence besides a URL, which the portal does not sell.
const playable = ['signed', 'public'];

/** A film that has both is private: the public id was not meant for members. */
function preferred(playbackIds: readonly PlaybackId[]): PlaybackId | undefined {
  return playable.map((policy) => playbackIds.find((one) => one.policy === policy)).find(Boolean);
}

function reaches(other: Asset, asset: Asset): boolean {
  const further = statusRanks[other.status] - statusRanks[asset.status];
  return further > 0 || (further === 0 && isNewer(statusSaid(other), statusSaid(asset)));
}

const statusSaid = ({ statusAt, statusEventId }: Asset): Said => ({
  at: statusAt,
  eventId: statusEventId,
});
const readySaid = ({ readyAt, readyEventId }: Asset): Said => ({
  at: readyAt,
  eventId: readyEventId,
});
const failedSaid = ({ failedAt, failedEventId }: Asset): Said => ({
  at: failedAt,
  eventId: failedEventId,
});

function isNewer(one: Said, other: Said): boolean {
  const difference = (one.at?.getTime() ?? 0) - (other.at?.getTime() ?? 0);
  return difference > 0 || (difference === 0 && (one.eventId ?? '') > (other.eventId ?? ''));
}

import type { Asset } from '../../../lambdas/assets/assets.queries.ts';
import type { MuxEvent } from '../../../lambdas/providers/mux/events.ts';

const noIdentifiers = { assetId: null, uploadId: null, portalId: null };

export function aMuxEvent(event: Partial<MuxEvent> = {}): MuxEvent {
  const target = event.target ?? 'ready';
  return {
    eventId: 'event-1',
    type: `video.asset.${target}`,
    occurredAt: new Date('2026-03-01T10:00:00.000Z'),
    playbackIds: target === 'ready' ? [{ id: 'playback-1', policy: 'signed' }] : [],
    durationSeconds: target === 'ready' ? 12.5 : null,
    aspectRatio: target === 'ready' ? '16:9' : null,
    failureReason: target === 'failed' ? 'Not a video.' : null,
    derived: false,
    ...event,
    target,
    asset: { ...noIdentifiers, assetId: 'mux-asset-1', ...event.asset },
  };
}

export function anAsset(asset: Partial<Asset> = {}): Asset {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    ownerId: null,
    title: null,
    status: 'awaiting-upload',
    statusAt: null,
    statusEventId: null,
    muxUploadId: null,
    muxAssetId: null,
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
    binding: null,
    boundAt: null,
    boundEventId: null,
    readyAnnouncedAt: null,
    endAnnouncedAt: null,
    ...asset,
  };
}

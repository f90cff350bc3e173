import type { Asset } from '../../assets/assets.queries.ts';
import { lockAssets } from '../../assets/lock-assets.queries.ts';
import { findAdminsAndOwners, type User } from '../../assets/users.queries.ts';
import { emitMetrics, log } from '../../platform/logger.ts';
import type { EventEffects, EventHandler } from '../../webhooks/process/event-handler.ts';
import { isReadyWithoutPlayback } from './announcement.ts';
import { isCovered } from './covered-event.ts';
import { type AssetEffects, type EventEffect, effectsOf } from './effects.ts';
import type { MuxEvent } from './events.ts';
import type { SignPlayback } from './playback-url.ts';
import { type EventReduction, reduceEvents } from './reduce-events.ts';
import { writeAssets } from './write-assets.ts';

export interface MuxRows {
  readonly assets: readonly Asset[];
  readonly users: readonly User[];
}

/** Moves assets forward and notifies their owners of changes. */
export function makeMuxEventHandler(signPlayback: SignPlayback): EventHandler<MuxEvent, MuxRows> {
  return {
    async load(tx, events, now, claimed) {
      if (events.length === 0) return { assets: [], users: [] };
      const identifiers = events.map(({ asset }) => asset);
      const wanted = async () => (await claimed()).map(({ asset }) => asset);
      const needsUsers = events.some(({ target }) => target === 'failed');
      const [assets, users] = await Promise.all([
        lockAssets(tx, identifiers, now, wanted),
        // Users are needed for failures alone: their notifications address admins and name the
        // owner.
        needsUsers ? findAdminsAndOwners(tx, identifiers) : [],
      ]);
      // An event may also merge a row that failed while its owner was unknown.
      const merges = !needsUsers && assets.some(({ status }) => status === 'failed');
      return { assets, users: merges ? await findAdminsAndOwners(tx, identifiers) : users };
    },

    async apply(tx, { assets, users }, events, now, causeOf) {
      const reduction = reduceEvents(assets, events);
      const changed = await Promise.all(
        reduction.assets.map((asset) => withPlaybackUrl(asset, signPlayback)),
      );
      const effects = reduction.effects.map((effect) =>
        effectsOf(effect, users, now, causeOf(effect.event)),
      );
      tx.deferUntilCommit(writeAssets(tx, { ...reduction, assets: changed }, effects, now));
      reportUnusual(reduction);
      return effects.map((one, index) =>
        toEventEffects(one, isCovered(reduction.effects[index] as EventEffect)),
      );
    },
  };
}

/** Logs what an operator may want to see. */
function reportUnusual({ detachments, effects }: EventReduction): void {
  const unplayable = effects.filter(({ before, after }) => isReadyWithoutPlayback(before, after));
  if (detachments.length === 0 && unplayable.length === 0) return;
  for (const { fromId, muxAssetId, muxUploadId } of detachments)
    log.warn('Asset was bound to another asset of Mux', { fromId, muxAssetId, muxUploadId });
  for (const { after, event } of unplayable)
    log.warn('Asset is ready without a usable playback id', flagOf(after, event));
  emitMetrics(
    'assets',
    { ReadyWithoutPlayback: unplayable.length, AssetsRebound: detachments.length },
    {},
  );
}

const flagOf = ({ id }: Asset, { eventId, type, playbackIds }: EventEffect['event']) => ({
  assetId: id,
  eventId,
  type,
  policies: playbackIds.map(({ policy }) => policy),
});

/**
 * Adds a playback URL to an asset that became ready and removes it from one that is no longer
 * ready.
 */
async function withPlaybackUrl(asset: Asset, signPlayback: SignPlayback): Promise<Asset> {
  const { status, playbackId, playbackPolicy, playbackUrl } = asset;
  if (status !== 'ready' || playbackId === null || playbackPolicy === null)
    return { ...asset, playbackUrl: null, playbackUrlExpiresAt: null };
  if (playbackUrl !== null) return asset;
  const { url, expiresAt } = await signPlayback(playbackId, playbackPolicy);
  return { ...asset, playbackUrl: url, playbackUrlExpiresAt: expiresAt };
}

function toEventEffects(
  { assetEvent, notifications, outbox }: AssetEffects,
  duplicate: boolean,
): EventEffects {
  return {
    stale: assetEvent?.applied !== true,
    duplicate,
    assetEvents: assetEvent === undefined ? [] : [assetEvent.id],
    notifications: notifications.map(({ id }) => id),
    outbox,
  };
}

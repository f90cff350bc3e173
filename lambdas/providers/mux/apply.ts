import { insertAssetEvents } from '../../assets/asset-events.queries.ts';
import { type Asset, lockAssets, mergeAssets, updateAssets } from '../../assets/assets.queries.ts';
import { findAdminsAndOwners, type User } from '../../assets/users.queries.ts';
import { insertNotifications } from '../../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../../outbox/outbox.queries.ts';
import type { Transaction } from '../../platform/postgres/transaction.ts';
import type { Application, Effects } from '../../webhooks/process/exactly-once.ts';
import { effectsOf, type StepEffects } from './effects.ts';
import type { MuxEvent } from './events.ts';
import type { SignPlayback } from './playback-url.ts';
import { type AssetChanges, reduceEvents } from './reduce-events.ts';

/** Mux's events move assets forward, and what is news reaches their owners. */
export function makeMuxApplication(signPlayback: SignPlayback): Application<MuxEvent> {
  return {
    async lock(tx, events, now) {
      if (events.length === 0) return { apply: () => ({ effects: [] }) };
      const [assets, users] = await Promise.all([
        lockAssets(tx, filmsOf(events), now),
        readUsers(tx, events),
      ]);
      return {
        apply(_, fresh, at) {
          const changes = reduceEvents(assets, fresh);
          const effects = changes.steps.map((step) => effectsOf(step, users, at));
          tx.deferUntilCommit(write(tx, changes, effects));
          return { effects: effects.map(toEffects), finish: () => finish(tx, changes, at) };
        },
      };
    },
  };

  // A third of a millisecond for each URL, in which Postgres has something to do.
  async function finish(tx: Transaction, { assets }: AssetChanges, at: Date): Promise<void> {
    await tx.sent();
    const changed = await Promise.all(assets.map((asset) => withPlaybackUrl(asset, signPlayback)));
    tx.deferUntilCommit(updateAssets(tx, changed, at));
  }
}

const filmsOf = (events: readonly MuxEvent[]) => events.map(({ film }) => film);

/** Only a failure names people. */
async function readUsers(tx: Transaction, events: readonly MuxEvent[]): Promise<readonly User[]> {
  const films = filmsOf(events);
  if (!events.some(({ target }) => target === 'failed')) return [];
  return findAdminsAndOwners(tx, films);
}

/** All but the assets as they are now. Merged rows go first: an id of Mux's can be in one row only. */
async function write(
  tx: Transaction,
  { merges }: AssetChanges,
  effects: readonly StepEffects[],
): Promise<void> {
  await Promise.all([
    mergeAssets(tx, merges),
    insertAssetEvents(
      tx,
      effects.map(({ assetEvent }) => assetEvent),
    ),
    insertNotifications(
      tx,
      effects.flatMap(({ notifications }) => notifications),
    ),
    insertOutboxEntries(
      tx,
      effects.flatMap(({ outbox }) => outbox),
    ),
  ]);
}

/** A URL is for an asset that plays: it is made when the asset becomes ready, and goes when it is that no longer. */
async function withPlaybackUrl(asset: Asset, signPlayback: SignPlayback): Promise<Asset> {
  const { status, playbackId, playbackPolicy, playbackUrl } = asset;
  if (status !== 'ready' || playbackId === null || playbackPolicy === null)
    return { ...asset, playbackUrl: null, playbackUrlExpiresAt: null };
  if (playbackUrl !== null) return asset;
  const { url, expiresAt } = await signPlayback(playbackId, playbackPolicy);
  return { ...asset, playbackUrl: url, playbackUrlExpiresAt: expiresAt };
}

function toEffects({ assetEvent, notifications, outbox }: StepEffects): Effects {
  return {
    stale: !assetEvent.applied,
    assetEvents: [assetEvent.id],
    notifications: notifications.map(({ id }) => id),
    outbox,
  };
}

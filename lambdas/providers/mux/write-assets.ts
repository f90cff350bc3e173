import { insertAssetEvents } from '../../assets/asset-events.queries.ts';
import {
  detachAssets,
  insertDetached,
  mergeAssets,
  updateAssets,
} from '../../assets/assets.queries.ts';
import { insertNotifications } from '../../notifications/notifications.queries.ts';
import { insertOutboxEntries } from '../../outbox/outbox.queries.ts';
import type { Transaction } from '../../platform/postgres/transaction.ts';
import type { AssetEffects } from './effects.ts';
import type { EventReduction } from './reduce-events.ts';

/**
 * Issues all statements at once. Merges and detachments go first: two rows cannot hold the same id
 * of Mux.
 */
export async function writeAssets(
  tx: Transaction,
  { merges, detachments, assets }: Omit<EventReduction, 'effects'>,
  effects: readonly AssetEffects[],
  now: Date,
): Promise<void> {
  const written = new Set(assets.map(({ id }) => id));
  const inserted = detachments.map(({ toId }) => toId).filter((id) => written.has(id));
  await Promise.all([
    mergeAssets(tx, merges),
    detachAssets(tx, detachments, now),
    insertDetached(tx, inserted, now),
    updateAssets(tx, assets, now),
    insertAssetEvents(
      tx,
      effects.flatMap(({ assetEvent }) => assetEvent ?? []),
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

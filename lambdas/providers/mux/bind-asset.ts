import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Asset, AssetDetachment, AssetMerge } from '../../assets/assets.queries.ts';
import { lockAssets } from '../../assets/lock-assets.queries.ts';
import { findAssets } from '../../assets/search-assets.queries.ts';
import { findAdminsAndOwners } from '../../assets/users.queries.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import { announce } from './announcement.ts';
import { detachAll } from './asset-binding.ts';
import { join } from './asset-state.ts';
import { type EventEffect, effectsOf } from './effects.ts';
import { writeAssets } from './write-assets.ts';

/** The row `rowId` of the portal is to be bound to the asset `muxAssetId` of Mux. */
export interface BindRequest {
  readonly rowId: string;
  readonly muxAssetId: string;
}

export type BindPlan =
  | {
      readonly outcome: 'bound';
      readonly before: Asset;
      readonly after: Asset;
      readonly changed: readonly Asset[];
      readonly detachments: readonly AssetDetachment[];
      readonly merges: readonly AssetMerge[];
    }
  | { readonly outcome: 'already-bound' | 'held-by-another-row'; readonly row: Asset };

/**
 * Plans to bind a row to an asset of Mux on purpose. The row takes over the state that is known of
 * the asset, and its present asset moves to a row without an owner.
 * @param cause Identifies the command.
 * @returns undefined if the portal has no such row.
 */
export function planBinding(
  { rowId, muxAssetId }: BindRequest,
  rows: readonly Asset[],
  cause: string,
): BindPlan | undefined {
  const row = rows.find(({ id }) => id === rowId);
  if (row === undefined) return undefined;
  const holder = rows.find((one) => one.muxAssetId === muxAssetId);
  if (holder === row)
    return row.binding === 'operator'
      ? { outcome: 'already-bound', row }
      : boundBy({ before: row, after: row, changed: [], detachments: [], merges: [] });
  if (holder !== undefined && holder.ownerId !== null)
    return { outcome: 'held-by-another-row', row: holder };
  const freed = detachAll(row, cause);
  const [before, ...changed] = freed.rows as [Asset, ...Asset[]];
  const holdsNothing = row.muxAssetId === null && row.muxUploadId === null;
  const joined = holder === undefined ? before : join(before, holder);
  return boundBy({
    before,
    after: { ...joined, muxAssetId },
    changed: holdsNothing ? [] : changed,
    detachments: holdsNothing ? [] : freed.detachments,
    merges: holder === undefined ? [] : [{ fromId: holder.id, intoId: row.id }],
  });
}

function boundBy(
  plan: Omit<Extract<BindPlan, { readonly outcome: 'bound' }>, 'outcome'>,
): BindPlan {
  return { ...plan, outcome: 'bound', after: { ...plan.after, binding: 'operator' } };
}

/** Returns what `bindAsset` would do, without a lock. */
export async function previewBinding(
  db: pg.Pool,
  { rowId, muxAssetId }: BindRequest,
): Promise<BindPlan | undefined> {
  const found = await Promise.all([findAssets(db, rowId), findAssets(db, muxAssetId)]);
  const rows = new Map(found.flat().map((row) => [row.id, row]));
  return planBinding({ rowId, muxAssetId }, [...rows.values()], 'preview');
}

/** Binds the row, and announces the asset to its owner if it plays or has failed. */
export async function bindAsset(
  db: pg.Pool,
  request: BindRequest,
  now: Date,
): Promise<BindPlan | undefined> {
  // Checked first, because locking inserts a row for an unknown asset.
  const preview = await previewBinding(db, request);
  if (preview?.outcome !== 'bound') return preview;
  const identifiers = { portalId: request.rowId, assetId: request.muxAssetId, uploadId: null };
  const eventId = randomUUID();
  return inTransaction(db, async (tx) => {
    const rows = await lockAssets(tx, [identifiers], now);
    const plan = planBinding(request, rows, eventId);
    if (plan?.outcome !== 'bound') return plan;
    const users = await findAdminsAndOwners(tx, [identifiers]);
    const { before, changed, detachments, merges } = plan;
    const { after, announcement } = announce(before, plan.after, now);
    const effect = { before, after, announcement, event: commandEvent(eventId, identifiers, now) };
    const effects = effectsOf(effect, users, now);
    const assetEvent = effects.assetEvent && { ...effects.assetEvent, applied: true };
    tx.deferUntilCommit(
      writeAssets(
        tx,
        { assets: [after, ...changed], detachments, merges },
        [{ ...effects, assetEvent }],
        now,
      ),
    );
    // The lock has inserted a row for an asset that no event had named.
    return { ...plan, after, merges: preview.merges };
  });
}

/** The command appears in the asset's history like an event. */
const commandEvent = (
  eventId: string,
  asset: EventEffect['event']['asset'],
  occurredAt: Date,
): EventEffect['event'] => ({
  eventId,
  type: 'operator.assets-bind',
  occurredAt,
  asset,
  derived: false,
  target: 'processing',
  playbackIds: [],
  durationSeconds: null,
  aspectRatio: null,
  failureReason: null,
});

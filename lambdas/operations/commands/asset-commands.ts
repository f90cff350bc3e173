import type { Asset } from '../../assets/assets.queries.ts';
import { findAssets, listHistory } from '../../assets/search-assets.queries.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { type BindPlan, bindAsset, previewBinding } from '../../providers/mux/bind-asset.ts';
import type { CommandHandlers, OperationResult } from './command-handlers.ts';

export interface AssetCommandDeps {
  readonly pool: GetPool;
  readonly now: Clock;
}

type AssetCommands = CommandHandlers<'assets show' | 'assets bind'>;

const HISTORY_ENTRIES = 20;

export function makeAssetCommands({ pool, now }: AssetCommandDeps): AssetCommands {
  return {
    async 'assets show'({ asset }) {
      const db = await pool();
      const rows = await findAssets(db, asset);
      if (rows.length === 0) return undefined;
      const assets = rows.map(async (row) => ({
        ...describe(row, now()),
        history: await listHistory(db, row.id, HISTORY_ENTRIES),
      }));
      return { assets: await Promise.all(assets) };
    },

    async 'assets bind'({ asset, muxAsset, dryRun }) {
      const request = { rowId: asset.toLowerCase(), muxAssetId: muxAsset };
      const db = await pool();
      const plan = await (dryRun ? previewBinding(db, request) : bindAsset(db, request, now()));
      return plan && report(plan, dryRun, now());
    },
  };
}

function report(plan: BindPlan, dryRun: boolean, at: Date): OperationResult {
  if (plan.outcome !== 'bound') return { outcome: plan.outcome, asset: describe(plan.row, at) };
  const { before, after, merges } = plan;
  const isKnown = merges.length > 0 || before.muxAssetId === after.muxAssetId;
  return {
    outcome: dryRun ? 'would-bind' : 'bound',
    ...(isKnown ? {} : { note: unknownAsset(after.muxAssetId) }),
    asset: describe(after, at),
    detached: plan.changed.map(({ id, muxAssetId, muxUploadId, status }) => ({
      id,
      muxAssetId,
      muxUploadId,
      status,
    })),
  };
}

// The token that reads assets of Mux belongs to the job reconcile alone.
const unknownAsset = (id: string | null) =>
  `No event has named the asset ${id} yet, and Mux was not asked. Compare the id with the ` +
  "provider's dashboard.";

/** Leaves out the playback URL, whose token lets anybody watch the video. */
function describe({ playbackUrl, ...asset }: Asset, at: Date) {
  return { ...asset, problems: problemsOf({ ...asset, playbackUrl }, at) };
}

function problemsOf(
  { status, playbackId, playbackUrl, playbackUrlExpiresAt, ownerId }: Asset,
  at: Date,
) {
  return [
    ...(status === 'ready' && playbackId === null ? ['ready-without-playback'] : []),
    ...(playbackUrl !== null && playbackUrlExpiresAt !== null && playbackUrlExpiresAt <= at
      ? ['playback-url-expired']
      : []),
    ...(ownerId === null ? ['not-of-the-portal'] : []),
  ];
}

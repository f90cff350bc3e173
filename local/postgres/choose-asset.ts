import type pg from 'pg';
import type { MuxAsset } from '../sandbox/mux-events.ts';
import { BadInputError, NotFoundError } from '../user-error.ts';
import { addAsset, listAssets } from './sample-portal.ts';

/** Options of `npm run send` that select the video of an event. */
export interface AssetChoice {
  /** Id or title of an existing asset. */
  readonly asset?: string | undefined;
  /** Title of a new asset. */
  readonly title?: string | undefined;
}

/** Statuses of an asset when Mux sends an event of this type, the most likely first. */
const statusesBefore: Readonly<Record<string, readonly string[]>> = {
  'video.upload.created': ['awaiting-upload'],
  'video.upload.asset_created': ['awaiting-upload'],
  'video.upload.cancelled': ['awaiting-upload'],
  'video.upload.errored': ['awaiting-upload'],
  'video.asset.created': ['awaiting-upload'],
  'video.asset.ready': ['processing'],
  'video.asset.errored': ['processing'],
  'video.asset.deleted': ['ready', 'failed'],
};

/** Returns the named asset, else one in a fitting status, else a new one. */
export async function chooseAsset(
  pool: pg.Pool,
  type: string,
  { asset, title }: AssetChoice,
): Promise<MuxAsset> {
  if (asset !== undefined && title !== undefined)
    throw new BadInputError('--asset names an existing video, --title a new one. Use one of them.');
  const statuses = statusesBefore[type] ?? ['ready'];
  const status = statuses[0] as 'awaiting-upload' | 'processing' | 'ready';
  if (title !== undefined) return addAsset(pool, { title, status });
  const assets = await listAssets(pool);
  if (asset === undefined)
    return assets.find((one) => statuses.includes(one.status)) ?? addAsset(pool, { status });
  const found = assets.find(
    (one) => one.passthrough === asset || one.title.toLowerCase() === asset.toLowerCase(),
  );
  if (found !== undefined) return found;
  const titles = assets.map((one) => `'${one.title}' (${one.status})`).join(', ');
  throw new NotFoundError(`The portal has no video '${asset}'. It has ${titles}.`);
}

import * as z from 'zod';
import { log } from '../platform/logger.ts';
import { makeFailureLimit } from './failure-limit.ts';
import { findKnownEvents, recordAttempt } from './missed-events.queries.ts';
import { deriveMuxEvent, type MuxObservation } from './mux-difference.ts';
import type { MuxReadsApi } from './mux-reads-api.ts';
import { MISSED_AFTER_MS, type Reconcile, type ReconcilerContext } from './reconciler.ts';
import { enqueueReconciled } from './recover-event.ts';
import { findUnfinishedAssets, type UnfinishedAsset } from './unfinished-assets.queries.ts';

const provider = 'mux';

const passSchema = z
  .object({
    /** Videos that changed later belong to the next pass. */
    unchangedSince: z.coerce.date(),
    after: z.object({ createdAt: z.string(), id: z.guid() }).nullable(),
  })
  .nullable()
  .catch(null);

const CHUNK = 50;

/** More than the clocks of Mux and AWS differ. */
const CLOCK_MARGIN_MS = 5_000;

/**
 * Reads the state of each video that has not reached an end, oldest first. Mux keeps no list of
 * events, so a difference becomes an event of its own, which goes through the same pipeline.
 */
export function makeMuxReconciler(api: MuxReadsApi): Reconcile {
  return async function reconcileMux(context, count) {
    const { pool, progress, save, now } = context;
    const failures = makeFailureLimit(count);
    let { unchangedSince, after } = passSchema.parse(progress.pass ?? null) ?? {
      unchangedSince: new Date(now().getTime() - MISSED_AFTER_MS),
      after: null,
    };
    for (;;) {
      const selection = { unchangedSince, after, limit: CHUNK };
      const videos = await findUnfinishedAssets(await pool(), selection);
      for (const video of videos) {
        await failures.guard(video.id, () => compareVideo(api, video, context));
        count({ compared: 1 });
        const { createdAt, id } = video;
        after = { createdAt, id };
        await save({ ...progress, pass: { unchangedSince, after } });
      }
      if (videos.length < CHUNK) break;
    }
    await save({ agreedUntil: unchangedSince, pass: null });
  };
}

async function compareVideo(
  api: MuxReadsApi,
  video: UnfinishedAsset,
  context: ReconcilerContext,
): Promise<void> {
  const { pool, call, now } = context;
  let observedAt = now();
  const observation = await observe(video, {
    asset: (id) =>
      call(() => {
        observedAt = new Date(now().getTime() - CLOCK_MARGIN_MS);
        return api.asset(id);
      }),
    upload: (id) =>
      call(() => {
        observedAt = new Date(now().getTime() - CLOCK_MARGIN_MS);
        return api.upload(id);
      }),
  });
  if (observation.object === 'unknown') {
    const { id: assetId, muxUploadId, muxAssetId } = video;
    log.warn('Mux does not know the video', { assetId, muxUploadId, muxAssetId });
  }
  const event = deriveMuxEvent(video, observation, observedAt);
  if (event === undefined) return;
  const { eventId, type, body } = event;
  const known = await findKnownEvents(await pool(), provider, [eventId]);
  if (known.has(eventId)) return;
  const missed = { provider, eventId, type, occurredAt: observedAt };
  await recordAttempt(await pool(), missed, 'enqueued', now());
  await enqueueReconciled(context, missed, body);
}

/**
 * Reads as little as possible. A missing asset counts as deleted only if the same environment of
 * Mux has its upload: with a token of another environment, every asset would be missing.
 */
async function observe(
  { muxAssetId, muxUploadId }: UnfinishedAsset,
  api: MuxReadsApi,
): Promise<MuxObservation> {
  const upload =
    muxAssetId === null && muxUploadId !== null ? await api.upload(muxUploadId) : undefined;
  const assetId = muxAssetId ?? upload?.['asset_id'];
  if (typeof assetId !== 'string')
    return upload === undefined ? { object: 'unknown' } : { object: 'upload', state: upload };
  const asset = await api.asset(assetId);
  if (asset !== undefined) return { object: 'asset', state: asset, uploadId: muxUploadId };
  const evidence = upload ?? (muxUploadId === null ? undefined : await api.upload(muxUploadId));
  return evidence === undefined || muxUploadId === null
    ? { object: 'unknown' }
    : { object: 'deleted', assetId, uploadId: muxUploadId };
}

import type { LocalInstance } from '../../local/local-instance.ts';
import { waitUntilComplete } from '../../local/postgres/inspect-event.ts';
import { addAsset, members } from '../../local/postgres/sample-portal.ts';
import { type MuxAsset, muxEvent } from '../../local/sandbox/mux-events.ts';
import {
  CONTRADICT_UPLOAD,
  INSERT_RECONCILIATIONS,
  INSERT_RUNS,
  INSERT_SET_ASIDE,
  INSERT_SUPPRESSIONS,
} from './pictures.queries.ts';

const EVENT_MS = 30_000;

const titles = [
  'Bathurst highlights',
  'Night shoot, take 4',
  'Stunt reel 2026',
  'Harbour at dawn',
  'Interview with the director, uncut, with both cameras and the second microphone',
];

/** Ids of the pages that only a deployment with this traffic has. */
export interface SampleTraffic {
  /** An event that the processor applied. */
  readonly processed: string;
  /** An event that failed permanently. */
  readonly exhausted: string;
}

/** Causes events, mails, failures and runs, so that every page of the console shows something. */
export async function causeTraffic(local: LocalInstance): Promise<SampleTraffic> {
  const { pool } = local;
  for (const statement of [
    INSERT_SET_ASIDE,
    INSERT_SUPPRESSIONS,
    INSERT_RUNS,
    INSERT_RECONCILIATIONS,
  ])
    await pool.query(statement);
  const contradicted = await addAsset(pool, { title: 'Old trailer', status: 'processing' });
  await pool.query(CONTRADICT_UPLOAD, [contradicted.uploadId]);
  const exhausted = await deliver(local, contradicted, 'video.asset.ready');
  for (const title of titles) {
    const asset = await addAsset(pool, { title });
    await deliver(local, asset, 'video.upload.asset_created');
    await deliver(local, asset, 'video.asset.ready');
  }
  const broken = await addAsset(pool, { owner: members.mira, title: 'Drone shots' });
  await deliver(local, broken, 'video.asset.errored');
  const last = await addAsset(pool, { title: 'Festival cut', status: 'processing' });
  const processed = await deliver(local, last, 'video.asset.ready');
  await local.mux.deliver(muxEvent('video.asset.ready', last, new Date()), { forged: true });
  return { processed, exhausted };
}

async function deliver(local: LocalInstance, asset: MuxAsset, type: string): Promise<string> {
  const event = muxEvent(type, asset, new Date());
  await local.mux.deliver(event);
  await waitUntilComplete(local.inspect, 'mux', event.id, EVENT_MS);
  return event.id;
}

import { generateKeyPairSync } from 'node:crypto';
import type { Context, SQSRecord } from 'aws-lambda';
import type pg from 'pg';
import { systemClock as now } from '../../lambdas/platform/clock.ts';
import { makeMuxEventHandler } from '../../lambdas/providers/mux/apply.ts';
import { parseMuxEvent } from '../../lambdas/providers/mux/events.ts';
import { muxPayloadAllowlist as payloadAllowlist } from '../../lambdas/providers/mux/payload-allowlist.ts';
import { importPlaybackKey, makeSignPlayback } from '../../lambdas/providers/mux/playback-url.ts';
import { makeProcessBatch } from '../../lambdas/webhooks/process/process-batch.ts';

/** @returns how many messages go back to the queue. */
export type ProcessBatch = (records: readonly SQSRecord[]) => Promise<number>;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const playbackKey = {
  keyId: 'key-1',
  privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
};

const importedKey = importPlaybackKey(JSON.stringify(playbackKey));
const signPlayback = makeSignPlayback(async () => importedKey, 168, now);

export const context = { getRemainingTimeInMillis: () => 30_000 } as Context;

/** The Mux processor as it is deployed, its audit log and metrics included; the bus takes everything at once. */
export function makeOurs(pool: pg.Pool): ProcessBatch {
  const processBatch = makeProcessBatch({
    provider: 'mux',
    parse: parseMuxEvent,
    payloadAllowlist,
    eventHandler: makeMuxEventHandler(signPlayback),
    pool: async () => pool,
    now,
    publish: async (events) => ({ published: events.map(({ id }) => id), failed: [] }),
    queue: { changeVisibility: async () => {}, sendDelayed: async () => {} },
  });
  return async (records) =>
    (await processBatch({ Records: [...records] }, context)).batchItemFailures.length;
}

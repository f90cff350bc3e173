import { makePublishEvents } from '../../outbox/put-events.ts';
import { fetchSecretValue } from '../../platform/aws/secrets.ts';
import { openConsumedQueue } from '../../platform/aws/sqs.ts';
import { systemClock } from '../../platform/clock.ts';
import { readEnv } from '../../platform/env.ts';
import { makeProcessBatch } from '../../webhooks/process/process-batch.ts';
import { processorPool } from '../../webhooks/process/processor-pool.ts';
import { makeMuxEventHandler } from './apply.ts';
import { parseMuxEvent } from './events.ts';
import { muxPayloadAllowlist, muxReplayFields } from './payload-allowlist.ts';
import { cachedPlaybackKey, makeSignPlayback } from './playback-url.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'EVENT_BUS_NAME',
  'EVENT_BUS_CALL_BYTES',
  'QUEUE_URL',
  'PLAYBACK_SIGNING_KEY_SECRET_ID',
  'PLAYBACK_URL_HOURS',
]);
const secrets = { fetch: fetchSecretValue, now: systemClock };
const pool = processorPool({
  ...secrets,
  secretId: env.DATABASE_SECRET_ID,
  applicationName: 'mux-processor',
});
const readKey = cachedPlaybackKey({ ...secrets, secretId: env.PLAYBACK_SIGNING_KEY_SECRET_ID });
const signPlayback = makeSignPlayback(readKey, Number(env.PLAYBACK_URL_HOURS), systemClock);
export const handler = makeProcessBatch({
  provider: 'mux',
  parse: parseMuxEvent,
  payloadAllowlist: muxPayloadAllowlist,
  replayFields: muxReplayFields,
  eventHandler: makeMuxEventHandler(signPlayback),
  pool,
  publish: makePublishEvents(env.EVENT_BUS_NAME, Number(env.EVENT_BUS_CALL_BYTES)),
  queue: openConsumedQueue(env.QUEUE_URL),
  now: systemClock,
});

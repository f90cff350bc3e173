import { makePublishEvents } from '../../outbox/put-events.ts';
import { fetchSecretValue as fetch } from '../../platform/aws/secrets.ts';
import { openQueue } from '../../platform/aws/sqs.ts';
import { systemClock as now } from '../../platform/clock.ts';
import { readEnv } from '../../platform/env.ts';
import { databasePool } from '../../platform/postgres/database-secret.ts';
import { cachedSecret } from '../../platform/secret-cache.ts';
import { makeProcessBatch } from '../../webhooks/process/process-batch.ts';
import { makeProcessorStore } from '../../webhooks/process/processor-store.ts';
import { makeMuxApplication } from './apply.ts';
import { parseMuxEvent as parse } from './events.ts';
import { muxPayloadAllowlist as payloadAllowlist } from './payload-allowlist.ts';
import { makeSignPlayback } from './playback-url.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'EVENT_BUS_NAME',
  'QUEUE_URL',
  'PLAYBACK_SIGNING_KEY_SECRET_ID',
]);
const settings = { provider: 'mux', connections: 1, applicationName: 'mux-processor', fetch, now };
const pool = databasePool({ ...settings, secretId: env.DATABASE_SECRET_ID, prepares: true });
const signPlayback = makeSignPlayback(
  cachedSecret({ ...settings, secretId: env.PLAYBACK_SIGNING_KEY_SECRET_ID }),
  now,
);
const store = makeProcessorStore({
  ...settings,
  pool,
  application: makeMuxApplication(signPlayback),
});
const ports = {
  store,
  queue: openQueue(env.QUEUE_URL),
  publish: makePublishEvents(env.EVENT_BUS_NAME),
};
export const handler = makeProcessBatch({ ...settings, ...ports, parse, payloadAllowlist });

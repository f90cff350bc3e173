import { makeProcessBatch } from '../../pipeline/process-batch.ts';
import { makePublishEvents } from '../../pipeline/publish-events.ts';
import { openQueue } from '../../pipeline/queue.ts';
import { systemClock as now } from '../../runtime/clock.ts';
import { readEnv } from '../../runtime/env.ts';
import { cachedSecret, fetchSecretValue as fetch } from '../../runtime/secrets.ts';
import { databasePool } from '../../store/database-secret.ts';
import { makeProcessorStore } from '../../store/processor-store.ts';
import { makeMuxApplication } from './apply.ts';
import { parseMuxEvent as parse } from './events.ts';
import { makeSignPlayback } from './playback-url.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'EVENT_BUS_NAME', 'QUEUE_URL', 'PLAYBACK_SIGNING_KEY_SECRET_ID']);
const settings = { provider: 'mux', connections: 1, applicationName: 'mux-processor', fetch, now };
const pool = databasePool({ ...settings, secretId: env.DATABASE_SECRET_ID });
const signingKey = cachedSecret({ ...settings, secretId: env.PLAYBACK_SIGNING_KEY_SECRET_ID });
const store = makeProcessorStore({ ...settings, pool, application: makeMuxApplication(makeSignPlayback(signingKey)) });
const ports = { store, queue: openQueue(env.QUEUE_URL), publish: makePublishEvents(env.EVENT_BUS_NAME) };
export const handler = makeProcessBatch({ ...settings, ...ports, parse });

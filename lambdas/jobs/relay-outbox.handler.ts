import { makePublishEvents } from '../pipeline/publish-events.ts';
import { makeRelayOutbox } from '../pipeline/publish-outbox.ts';
import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { fetchSecretValue as fetch } from '../runtime/secrets.ts';
import { databasePool } from '../store/database-secret.ts';
import { publishOldest } from '../store/outbox.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'EVENT_BUS_NAME']);
const settings = { connections: 1, applicationName: 'relay-outbox', fetch, now };
const pool = databasePool({ ...settings, secretId: env.DATABASE_SECRET_ID });
const publish = makePublishEvents(env.EVENT_BUS_NAME);
// Ten calls of ten entries at a time.
const limit = 100;

export const handler = makeRelayOutbox({
  publishOldest: async (createdBefore) => publishOldest(await pool(), { createdBefore, limit }, publish, now),
  now,
});

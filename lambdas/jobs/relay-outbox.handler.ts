import { makePublishEvents } from '../pipeline/publish-events.ts';
import { makeRelayOutbox } from '../pipeline/publish-outbox.ts';
import { makeJob } from '../pipeline/run-job.ts';
import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { fetchSecretValue as fetch } from '../runtime/secrets.ts';
import { databasePool } from '../store/database-secret.ts';
import { makeJobRuns } from '../store/job-runs.ts';
import { publishOldest } from '../store/outbox.ts';
import { jobNamed } from './index.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'EVENT_BUS_NAME']);
const { name, timeoutSeconds } = jobNamed('relay-outbox');
const pool = databasePool({ secretId: env.DATABASE_SECRET_ID, connections: 1, applicationName: name, fetch, now });
const publish = makePublishEvents(env.EVENT_BUS_NAME);
const oldest = async (before: Date) => publishOldest(await pool(), { createdBefore: before, limit: 100 }, publish, now);
const run = makeRelayOutbox({ publishOldest: oldest, now });

export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { fetchSecretValue as fetch } from '../platform/aws/secrets.ts';
import { systemClock as now } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { publishOldest } from './outbox.queries.ts';
import { makeRelayOutbox } from './publish-outbox.ts';
import { makePublishEvents } from './put-events.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'EVENT_BUS_NAME']);
const { name, timeoutSeconds } = jobNamed('relay-outbox');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: name,
  fetch,
  now,
});
const publish = makePublishEvents(env.EVENT_BUS_NAME);
const oldest = async (before: Date) =>
  publishOldest(await pool(), { createdBefore: before, limit: 100 }, publish, now);
const run = makeRelayOutbox({ publishOldest: oldest, now });

export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

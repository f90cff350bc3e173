import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makeRelayOutbox } from './publish-outbox.ts';
import { makePublishEvents } from './put-events.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'EVENT_BUS_NAME', 'EVENT_BUS_CALL_BYTES']);
const { name, timeoutSeconds } = jobNamed('relay-outbox');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: name,
  fetch: fetchSecretValue,
  now: systemClock,
});
const relayOutbox = makeRelayOutbox({
  pool,
  publish: makePublishEvents(env.EVENT_BUS_NAME, Number(env.EVENT_BUS_CALL_BYTES)),
  now: systemClock,
});

export const handler = makeJob({
  name,
  run: relayOutbox,
  runs: makeJobRuns(pool, timeoutSeconds),
  now: systemClock,
});

import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makeCheckEndpoints } from './check-endpoints.ts';
import { openCheckedEndpoints } from './open-checked-endpoints.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'WEBHOOKS_KEYS', 'WATCHED_SECRETS', 'API_URL', 'STAGE']);
const { name, timeoutSeconds } = jobNamed('check-endpoints');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: name,
  fetch: fetchSecretValue,
  now: systemClock,
});
const managed = openCheckedEndpoints(env, { fetch: fetchSecretValue, now: systemClock });

export const handler = makeJob({
  name,
  run: makeCheckEndpoints(managed, env.STAGE),
  runs: makeJobRuns(pool, timeoutSeconds),
  now: systemClock,
});

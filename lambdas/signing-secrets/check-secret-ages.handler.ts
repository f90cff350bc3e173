import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { listVersions } from '../platform/aws/secret-versions.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makeCheckSecretAges } from './check-secret-ages.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'WATCHED_SECRETS',
  'STAGE',
  'RELIABILITY_PARTNER_EMAIL',
]);
const { name, timeoutSeconds } = jobNamed('check-secret-ages');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: name,
  fetch: fetchSecretValue,
  now: systemClock,
});
const run = makeCheckSecretAges({
  pool,
  secretIds: JSON.parse(env.WATCHED_SECRETS),
  listVersions,
  reminder: { stage: env.STAGE, recipient: env.RELIABILITY_PARTNER_EMAIL },
  now: systemClock,
});

export const handler = makeJob({
  name,
  run,
  runs: makeJobRuns(pool, timeoutSeconds),
  now: systemClock,
});

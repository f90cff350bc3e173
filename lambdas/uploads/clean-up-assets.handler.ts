import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makeCleanUpAssets } from './clean-up-assets.ts';

const env = readEnv(['DATABASE_SECRET_ID']);
const job = jobNamed('clean-up-assets');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: job.name,
  fetch: fetchSecretValue,
  now: systemClock,
});

export const handler = makeJob({
  name: job.name,
  run: makeCleanUpAssets({ pool, now: systemClock }),
  runs: makeJobRuns(pool, job.timeoutSeconds),
  now: systemClock,
});

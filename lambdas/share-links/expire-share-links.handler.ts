import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makeExpireShareLinks } from './expire-share-links.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'SHARE_LINK_DIGEST']);
const job = jobNamed('expire-share-links');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: job.name,
  fetch: fetchSecretValue,
  now: systemClock,
});
const run = makeExpireShareLinks({
  pool,
  digest: env.SHARE_LINK_DIGEST === 'on',
  job,
  now: systemClock,
});

export const handler = makeJob({
  name: job.name,
  run,
  runs: makeJobRuns(pool, job.timeoutSeconds),
  now: systemClock,
});

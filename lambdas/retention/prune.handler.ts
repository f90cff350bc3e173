import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { fetchSecretValue as fetch } from '../platform/aws/secrets.ts';
import { systemClock as now } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makePrune } from './prune.ts';
import { parseRetentionDays } from './retention-days.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'RETENTION_DAYS']);
const { name, timeoutSeconds } = jobNamed('prune');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: name,
  fetch,
  now,
});
const run = makePrune({ pool, retention: parseRetentionDays(env.RETENTION_DAYS) });
export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

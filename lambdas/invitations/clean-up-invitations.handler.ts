import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { fetchSecretValue as fetch } from '../platform/aws/secrets.ts';
import { systemClock as now } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makeCleanUpInvitations } from './clean-up-invitations.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'STAGE']);
const { name, timeoutSeconds } = jobNamed('clean-up-invitations');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: name,
  fetch,
  now,
});
const run = makeCleanUpInvitations({ pool, stage: env.STAGE, now });
export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
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
  fetch: fetchSecretValue,
  now: systemClock,
});
const prune = makePrune({ pool, retention: parseRetentionDays(env.RETENTION_DAYS) });

export const handler = makeJob({
  name,
  run: prune,
  runs: makeJobRuns(pool, timeoutSeconds),
  now: systemClock,
});

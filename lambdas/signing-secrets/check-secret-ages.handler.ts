import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { listVersions } from '../platform/aws/secret-versions.ts';
import { fetchSecretValue as fetch } from '../platform/aws/secrets.ts';
import { systemClock as now } from '../platform/clock.ts';
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
  fetch,
  now,
});
const secrets: Readonly<Record<string, string>> = JSON.parse(env.WATCHED_SECRETS);
const settings = { stage: env.STAGE, recipient: env.RELIABILITY_PARTNER_EMAIL };
const run = makeCheckSecretAges({ pool, secrets, listVersions, settings, now });
export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

import { jobNamed, jobs } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { providersWithExpectedTraffic } from '../providers/registry.ts';
import { makeReportBacklog } from './report-backlog.ts';

const env = readEnv(['DATABASE_SECRET_ID']);
const { name, timeoutSeconds } = jobNamed('report-backlog');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: name,
  fetch: fetchSecretValue,
  now: systemClock,
});
const reportBacklog = makeReportBacklog({
  pool,
  jobs,
  expected: providersWithExpectedTraffic(),
  now: systemClock,
});

export const handler = makeJob({
  name,
  run: reportBacklog,
  runs: makeJobRuns(pool, timeoutSeconds),
  now: systemClock,
});

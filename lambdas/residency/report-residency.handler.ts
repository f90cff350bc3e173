import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { openEvidenceBucket } from '../platform/aws/evidence-bucket.ts';
import { fetchSecretValue as fetch } from '../platform/aws/secrets.ts';
import { systemClock as now } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makeReportResidency } from './report-residency.ts';
import { parseReportSettings, reportSettings } from './report-settings.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'EVIDENCE_BUCKET', ...reportSettings]);
const { name, timeoutSeconds } = jobNamed('report-residency');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: name,
  fetch,
  now,
});
const bucket = openEvidenceBucket(env.EVIDENCE_BUCKET);
const run = makeReportResidency({ pool, bucket, settings: parseReportSettings(env), now });
export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

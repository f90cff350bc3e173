import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { openEvidenceBucket } from '../platform/aws/evidence-bucket.ts';
import { openEvidenceKey } from '../platform/aws/kms.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { parseReportOptions, reportSettings } from './read-figures.ts';
import { makeReportResidency } from './report-residency.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'EVIDENCE_BUCKET',
  'EVIDENCE_SIGNING_KEY_ID',
  ...reportSettings,
]);
const job = jobNamed('report-residency');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: job.name,
  fetch: fetchSecretValue,
  now: systemClock,
});
const run = makeReportResidency({
  pool,
  bucket: openEvidenceBucket(env.EVIDENCE_BUCKET),
  ...openEvidenceKey(env.EVIDENCE_SIGNING_KEY_ID),
  options: parseReportOptions(env),
  now: systemClock,
});

export const handler = makeJob({
  name: job.name,
  run,
  runs: makeJobRuns(pool, job.timeoutSeconds),
  now: systemClock,
});

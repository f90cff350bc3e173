import { makeJob } from '../pipeline/run-job.ts';
import { openEvidenceBucket } from '../residency/evidence-bucket.ts';
import { makeReportResidency } from '../residency/report-residency.ts';
import { parseReportSettings, reportSettings } from '../residency/report-settings.ts';
import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { fetchSecretValue as fetch } from '../runtime/secrets.ts';
import { databasePool } from '../store/database-secret.ts';
import { makeJobRuns } from '../store/job-runs.ts';
import { jobNamed } from './index.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'EVIDENCE_BUCKET', ...reportSettings]);
const { name, timeoutSeconds } = jobNamed('report-residency');
const pool = databasePool({ secretId: env.DATABASE_SECRET_ID, connections: 1, applicationName: name, fetch, now });
const bucket = openEvidenceBucket(env.EVIDENCE_BUCKET);
const run = makeReportResidency({ pool, bucket, settings: parseReportSettings(env), now });
export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

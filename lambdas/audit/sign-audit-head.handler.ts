import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { openEvidenceBucket } from '../platform/aws/evidence-bucket.ts';
import { openEvidenceKey } from '../platform/aws/kms.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makeSignHead } from './sign-head.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'AUDIT_BUCKET', 'EVIDENCE_SIGNING_KEY_ID', 'STAGE']);
const { name, timeoutSeconds } = jobNamed('sign-audit-head');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: name,
  fetch: fetchSecretValue,
  now: systemClock,
});

export const handler = makeJob({
  name,
  run: makeSignHead({
    pool,
    bucket: openEvidenceBucket(env.AUDIT_BUCKET),
    ...openEvidenceKey(env.EVIDENCE_SIGNING_KEY_ID),
    stage: env.STAGE,
    now: systemClock,
  }),
  runs: makeJobRuns(pool, timeoutSeconds),
  now: systemClock,
});

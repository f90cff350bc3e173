import { setTimeout } from 'node:timers/promises';
import { jobNamed } from '../catalog/jobs.ts';
import { makeJobRuns } from '../jobs/job-runs.queries.ts';
import { makeJob } from '../jobs/run-job.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { openReconciledProviders } from './open-reconciled-providers.ts';
import { makeReconcile } from './reconcile.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'RECONCILIATION_KEYS', 'RECOVERY_QUEUES', 'API_URL']);
const { name, timeoutSeconds } = jobNamed('reconcile');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  // One for each provider.
  connections: 2,
  applicationName: name,
  fetch: fetchSecretValue,
  now: systemClock,
});
const providers = openReconciledProviders(env, { fetch: fetchSecretValue, now: systemClock });

export const handler = makeJob({
  name,
  run: makeReconcile({ pool, providers, now: systemClock, wait: (ms) => setTimeout(ms) }),
  runs: makeJobRuns(pool, timeoutSeconds),
  now: systemClock,
});

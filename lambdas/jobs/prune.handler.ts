import { makeJob } from '../pipeline/run-job.ts';
import { makePrune } from '../retention/prune.ts';
import { parseRetentionDays } from '../retention/retention-days.ts';
import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { fetchSecretValue as fetch } from '../runtime/secrets.ts';
import { databasePool } from '../store/database-secret.ts';
import { makeJobRuns } from '../store/job-runs.ts';
import { jobNamed } from './index.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'RETENTION_DAYS']);
const { name, timeoutSeconds } = jobNamed('prune');
const pool = databasePool({ secretId: env.DATABASE_SECRET_ID, connections: 1, applicationName: name, fetch, now });
const run = makePrune({ pool, retention: parseRetentionDays(env.RETENTION_DAYS) });
export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

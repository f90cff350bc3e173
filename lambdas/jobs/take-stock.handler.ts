import { makeJob } from '../pipeline/run-job.ts';
import { providers } from '../providers/index.ts';
import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { fetchSecretValue as fetch } from '../runtime/secrets.ts';
import { makeTakeStock } from '../stock/take-stock.ts';
import { databasePool } from '../store/database-secret.ts';
import { makeJobRuns } from '../store/job-runs.ts';
import { jobNamed, jobs } from './index.ts';

const env = readEnv(['DATABASE_SECRET_ID']);
const { name, timeoutSeconds } = jobNamed('take-stock');
const pool = databasePool({ secretId: env.DATABASE_SECRET_ID, connections: 1, applicationName: name, fetch, now });
const run = makeTakeStock({ pool, jobs, providers, now });
export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

import { makeJob } from '../pipeline/run-job.ts';
import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { listVersions } from '../runtime/secret-versions.ts';
import { fetchSecretValue as fetch } from '../runtime/secrets.ts';
import { makeCheckSecretAges } from '../secrets/check-secret-ages.ts';
import { databasePool } from '../store/database-secret.ts';
import { makeJobRuns } from '../store/job-runs.ts';
import { jobNamed } from './index.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'WATCHED_SECRETS', 'STAGE', 'RELIABILITY_PARTNER_EMAIL']);
const { name, timeoutSeconds } = jobNamed('check-secret-ages');
const pool = databasePool({ secretId: env.DATABASE_SECRET_ID, connections: 1, applicationName: name, fetch, now });
const secrets: Readonly<Record<string, string>> = JSON.parse(env.WATCHED_SECRETS);
const settings = { stage: env.STAGE, recipient: env.RELIABILITY_PARTNER_EMAIL };
const run = makeCheckSecretAges({ pool, secrets, listVersions, settings, now });
export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

import { makeJob } from '../pipeline/run-job.ts';
import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { fetchSecretValue as fetch } from '../runtime/secrets.ts';
import { makeExpireShareLinks } from '../share-links/expire-share-links.ts';
import { databasePool } from '../store/database-secret.ts';
import { makeJobRuns } from '../store/job-runs.ts';
import { jobNamed } from './index.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'SHARE_LINK_DIGEST']);
const job = jobNamed('expire-share-links');
const { name, timeoutSeconds } = job;
const pool = databasePool({ secretId: env.DATABASE_SECRET_ID, connections: 1, applicationName: name, fetch, now });
const run = makeExpireShareLinks({ pool, digest: env.SHARE_LINK_DIGEST === 'on', job, now });
export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

import { openProviderQueues } from '../pipeline/provider-queues.ts';
import { makePublishEvents } from '../pipeline/publish-events.ts';
import { makeRetryFailedWebhooks } from '../pipeline/retry-failed-webhooks.ts';
import { makeJob } from '../pipeline/run-job.ts';
import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { fetchSecretValue as fetch } from '../runtime/secrets.ts';
import { databasePool } from '../store/database-secret.ts';
import { makeJobRuns } from '../store/job-runs.ts';
import { makeRedriveStore } from '../store/redrive-store.ts';
import { jobNamed } from './index.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'EVENT_BUS_NAME', 'DELIVERY_QUEUES', 'STAGE', 'RELIABILITY_PARTNER_EMAIL']);
const { name, timeoutSeconds } = jobNamed('retry-failed-webhooks');
const pool = databasePool({ secretId: env.DATABASE_SECRET_ID, connections: 1, applicationName: name, fetch, now });
const ports = { queues: openProviderQueues(env.DELIVERY_QUEUES), publish: makePublishEvents(env.EVENT_BUS_NAME) };
const settings = { stage: env.STAGE, recipient: env.RELIABILITY_PARTNER_EMAIL };
const run = makeRetryFailedWebhooks({ ...ports, store: makeRedriveStore(pool, now), settings, now });
export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

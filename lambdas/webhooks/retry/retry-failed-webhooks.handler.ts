import { jobNamed, mailRequestsName } from '../../catalog/jobs.ts';
import { makeJobRuns } from '../../jobs/job-runs.queries.ts';
import { makeJob } from '../../jobs/run-job.ts';
import { makePublishEvents } from '../../outbox/put-events.ts';
import { openProviderQueues } from '../../platform/aws/redrivable-queues.ts';
import { fetchSecretValue as fetch } from '../../platform/aws/secrets.ts';
import { systemClock as now } from '../../platform/clock.ts';
import { readEnv } from '../../platform/env.ts';
import { databasePool } from '../../platform/postgres/database-secret.ts';
import { makeRetryFailedWebhooks } from './retry-failed-webhooks.ts';
import { makeRedriveStore } from './retry-store.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'EVENT_BUS_NAME',
  'DELIVERY_QUEUES',
  'STAGE',
  'RELIABILITY_PARTNER_EMAIL',
]);
const { name, timeoutSeconds } = jobNamed('retry-failed-webhooks');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: name,
  fetch,
  now,
});
const { [mailRequestsName]: mailRequests, ...queues } = openProviderQueues(env.DELIVERY_QUEUES);
const ports = { queues, mailRequests, publish: makePublishEvents(env.EVENT_BUS_NAME) };
const settings = { stage: env.STAGE, recipient: env.RELIABILITY_PARTNER_EMAIL };
const run = makeRetryFailedWebhooks({
  ...ports,
  pool,
  store: makeRedriveStore(pool, now),
  settings,
  now,
});
export const handler = makeJob({ name, run, runs: makeJobRuns(pool, timeoutSeconds), now });

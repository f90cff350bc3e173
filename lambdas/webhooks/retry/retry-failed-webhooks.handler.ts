import { jobNamed, mailRequestsName } from '../../catalog/jobs.ts';
import { makeJobRuns } from '../../jobs/job-runs.queries.ts';
import { makeJob } from '../../jobs/run-job.ts';
import { makePublishEvents } from '../../outbox/put-events.ts';
import { openProviderQueues } from '../../platform/aws/redrivable-queues.ts';
import { fetchSecretValue } from '../../platform/aws/secrets.ts';
import { systemClock } from '../../platform/clock.ts';
import { readEnv } from '../../platform/env.ts';
import { databasePool } from '../../platform/postgres/database-secret.ts';
import { makeRetryFailedWebhooks } from './retry-failed-webhooks.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'EVENT_BUS_NAME',
  'EVENT_BUS_CALL_BYTES',
  'DELIVERY_QUEUES',
  'STAGE',
  'RELIABILITY_PARTNER_EMAIL',
]);
const { name, timeoutSeconds } = jobNamed('retry-failed-webhooks');
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: name,
  fetch: fetchSecretValue,
  now: systemClock,
});
const { [mailRequestsName]: mailRequests, ...queues } = openProviderQueues(env.DELIVERY_QUEUES);
const run = makeRetryFailedWebhooks({
  queues,
  mailRequests,
  pool,
  publish: makePublishEvents(env.EVENT_BUS_NAME, Number(env.EVENT_BUS_CALL_BYTES)),
  escalation: { stage: env.STAGE, recipient: env.RELIABILITY_PARTNER_EMAIL },
  now: systemClock,
});
const runs = makeJobRuns(pool, timeoutSeconds);
export const handler = makeJob({ name, run, runs, now: systemClock });

import { makePublishEvents } from '../../../lambdas/outbox/put-events.ts';
import { fetchSecretValue } from '../../../lambdas/platform/aws/secrets.ts';
import { openConsumedQueue } from '../../../lambdas/platform/aws/sqs.ts';
import { systemClock } from '../../../lambdas/platform/clock.ts';
import { readEnv } from '../../../lambdas/platform/env.ts';
import { makeProcessBatch } from '../../../lambdas/webhooks/process/process-batch.ts';
import { processorPool } from '../../../lambdas/webhooks/process/processor-pool.ts';
import { acmeEventHandler } from './apply.ts';
import { parseAcmeEvent } from './events.ts';
import { acmePayloadAllowlist, acmeReplayFields } from './payload-allowlist.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'EVENT_BUS_NAME',
  'EVENT_BUS_CALL_BYTES',
  'QUEUE_URL',
  'SUPPORT_EMAIL',
  'ACME_API_KEY_SECRET_ID',
]);
const pool = processorPool({
  secretId: env.DATABASE_SECRET_ID,
  applicationName: 'acme-processor',
  fetch: fetchSecretValue,
  now: systemClock,
});

export const handler = makeProcessBatch({
  provider: 'acme',
  parse: parseAcmeEvent,
  payloadAllowlist: acmePayloadAllowlist,
  replayFields: acmeReplayFields,
  eventHandler: acmeEventHandler,
  pool,
  publish: makePublishEvents(env.EVENT_BUS_NAME, Number(env.EVENT_BUS_CALL_BYTES)),
  queue: openConsumedQueue(env.QUEUE_URL),
  now: systemClock,
});

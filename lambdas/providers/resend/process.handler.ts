import { makePublishEvents } from '../../outbox/put-events.ts';
import { fetchSecretValue } from '../../platform/aws/secrets.ts';
import { openConsumedQueue } from '../../platform/aws/sqs.ts';
import { systemClock } from '../../platform/clock.ts';
import { readEnv } from '../../platform/env.ts';
import { makeProcessBatch } from '../../webhooks/process/process-batch.ts';
import { processorPool } from '../../webhooks/process/processor-pool.ts';
import { makeResendEventHandler } from './apply.ts';
import { contactsOf, contactVariables } from './effects.ts';
import { parseResendEvent } from './events.ts';
import { resendPayloadAllowlist, resendReplayFields } from './payload-allowlist.ts';
import { parseSuppressionRule } from './suppression.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'EVENT_BUS_NAME',
  'EVENT_BUS_CALL_BYTES',
  'QUEUE_URL',
  ...contactVariables,
  'SUPPRESSION_RULE',
]);
const pool = processorPool({
  secretId: env.DATABASE_SECRET_ID,
  applicationName: 'resend-processor',
  fetch: fetchSecretValue,
  now: systemClock,
});
const rule = parseSuppressionRule(env.SUPPRESSION_RULE);
export const handler = makeProcessBatch({
  provider: 'resend',
  parse: parseResendEvent,
  payloadAllowlist: resendPayloadAllowlist,
  replayFields: resendReplayFields,
  eventHandler: makeResendEventHandler(rule, contactsOf(env)),
  pool,
  publish: makePublishEvents(env.EVENT_BUS_NAME, Number(env.EVENT_BUS_CALL_BYTES)),
  queue: openConsumedQueue(env.QUEUE_URL),
  now: systemClock,
});

import { makePublishEvents } from '../../outbox/put-events.ts';
import { fetchSecretValue as fetch } from '../../platform/aws/secrets.ts';
import { openQueue } from '../../platform/aws/sqs.ts';
import { systemClock as now } from '../../platform/clock.ts';
import { readEnv } from '../../platform/env.ts';
import { databasePool } from '../../platform/postgres/database-secret.ts';
import { makeProcessBatch } from '../../webhooks/process/process-batch.ts';
import { makeProcessorStore } from '../../webhooks/process/processor-store.ts';
import { makeResendApplication } from './apply.ts';
import { parseResendEvent as parse } from './events.ts';
import { resendPayloadAllowlist as payloadAllowlist } from './payload-allowlist.ts';
import { parseSuppressionRule } from './suppression.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'EVENT_BUS_NAME',
  'QUEUE_URL',
  'SUPPORT_EMAIL',
  'SUPPRESSION_RULE',
]);
const settings = {
  provider: 'resend',
  connections: 1,
  applicationName: 'resend-processor',
  fetch,
  now,
};
const pool = databasePool({ ...settings, secretId: env.DATABASE_SECRET_ID, prepares: true });
const rule = parseSuppressionRule(env.SUPPRESSION_RULE);
const store = makeProcessorStore({
  ...settings,
  pool,
  application: makeResendApplication(rule, env.SUPPORT_EMAIL),
});
const ports = {
  store,
  queue: openQueue(env.QUEUE_URL),
  publish: makePublishEvents(env.EVENT_BUS_NAME),
};
export const handler = makeProcessBatch({ ...settings, ...ports, parse, payloadAllowlist });

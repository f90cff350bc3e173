import { makeProcessBatch } from '../../pipeline/process-batch.ts';
import { makePublishEvents } from '../../pipeline/publish-events.ts';
import { openQueue } from '../../pipeline/queue.ts';
import { systemClock as now } from '../../runtime/clock.ts';
import { readEnv } from '../../runtime/env.ts';
import { fetchSecretValue as fetch } from '../../runtime/secrets.ts';
import { databasePool } from '../../store/database-secret.ts';
import { makeProcessorStore } from '../../store/processor-store.ts';
import { makeResendApplication } from './apply.ts';
import { parseResendEvent as parse } from './events.ts';
import { parseSuppressionRule } from './suppression.ts';

const env = readEnv(['DATABASE_SECRET_ID', 'EVENT_BUS_NAME', 'QUEUE_URL', 'SUPPORT_EMAIL', 'SUPPRESSION_RULE']);
const settings = { provider: 'resend', connections: 1, applicationName: 'resend-processor', fetch, now };
const pool = databasePool({ ...settings, secretId: env.DATABASE_SECRET_ID });
const rule = parseSuppressionRule(env.SUPPRESSION_RULE);
const store = makeProcessorStore({ ...settings, pool, application: makeResendApplication(rule, env.SUPPORT_EMAIL) });
const ports = { store, queue: openQueue(env.QUEUE_URL), publish: makePublishEvents(env.EVENT_BUS_NAME) };
export const handler = makeProcessBatch({ ...settings, ...ports, parse });

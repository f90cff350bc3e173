import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { openConsumedQueue } from '../platform/aws/sqs.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { cachedSecret } from '../platform/secret-cache.ts';
import { makeMailPace } from './mail-pace.ts';
import { makeSendMail } from './resend-client.ts';
import { makeSendBatch } from './send-batch.ts';
import { makeSendNotification } from './send-notification.ts';

const secrets = ['DATABASE_SECRET_ID', 'RESEND_API_KEY_SECRET_ID'] as const;
const settings = ['MAIL_FROM', 'SUPPORT_EMAIL', 'PORTAL_URL', 'MAIL_REQUESTS_PER_SECOND'] as const;
const env = readEnv([...secrets, ...settings, 'REQUESTS_QUEUE_URL']);
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: 'sender',
  queryTimeoutMs: 8_000,
  fetch: fetchSecretValue,
  now: systemClock,
});
const apiKey = cachedSecret({
  secretId: env.RESEND_API_KEY_SECRET_ID,
  fetch: fetchSecretValue,
  now: systemClock,
});
const sendNotification = makeSendNotification({
  database: pool,
  sendMail: makeSendMail({ apiKey, from: env.MAIL_FROM, replyTo: env.SUPPORT_EMAIL }),
  pace: makeMailPace({ initialRate: Number(env.MAIL_REQUESTS_PER_SECOND), now: systemClock }),
  portalUrl: env.PORTAL_URL,
  now: systemClock,
});

export const handler = makeSendBatch({
  sendNotification,
  queue: openConsumedQueue(env.REQUESTS_QUEUE_URL),
  now: systemClock,
});

import { fetchSecretValue as fetch } from '../platform/aws/secrets.ts';
import { systemClock as now } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { contracts } from '../portal-api/contracts.ts';
import { makeHandleCommand } from '../portal-api/handle-command.ts';
import { runIdempotentInTransaction } from '../portal-api/run-idempotent.ts';
import { makeCreateShareLink } from './create-share-link.ts';

const operation = 'create-share-link';
const env = readEnv([
  'DATABASE_SECRET_ID',
  'PORTAL_URL',
  'IDEMPOTENCY_KEY_HOURS',
  'SHARE_LINK_MAX_DAYS',
]);
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: operation,
  fetch,
  now,
});
const work = makeCreateShareLink({
  portalUrl: env.PORTAL_URL,
  maxDays: Number(env.SHARE_LINK_MAX_DAYS),
  now,
});
const runOnce = runIdempotentInTransaction(
  { operation, keyHours: Number(env.IDEMPOTENCY_KEY_HOURS), pool },
  work,
);

export const handler = makeHandleCommand({
  operation,
  request: contracts[operation].request,
  runOnce,
});

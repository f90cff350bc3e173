import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { contracts } from '../portal-api/contracts.ts';
import { makeHandlePortalRequest } from '../portal-api/handle-portal-request.ts';
import { runIdempotentInTransaction } from '../portal-api/run-idempotent.ts';
import { makeCreateShareLink } from './create-share-link.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'PORTAL_URL',
  'IDEMPOTENCY_KEY_HOURS',
  'SHARE_LINK_MAX_DAYS',
]);
const operation = 'create-share-link';
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: operation,
  fetch: fetchSecretValue,
  now: systemClock,
});
const createShareLink = makeCreateShareLink({
  portalUrl: env.PORTAL_URL,
  maxDays: Number(env.SHARE_LINK_MAX_DAYS),
  now: systemClock,
});
const keyHours = Number(env.IDEMPOTENCY_KEY_HOURS);

export const handler = makeHandlePortalRequest({
  operation,
  request: contracts[operation].request,
  runIdempotent: runIdempotentInTransaction({ operation, keyHours, pool }, createShareLink),
});

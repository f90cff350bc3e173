import { fetchSecretValue } from '../platform/aws/secrets.ts';
import { systemClock } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { cachedSecret } from '../platform/secret-cache.ts';
import { contracts } from '../portal-api/contracts.ts';
import { makeHandlePortalRequest } from '../portal-api/handle-portal-request.ts';
import { runIdempotentAroundExternalCall } from '../portal-api/run-idempotent.ts';
import { makeCreateUpload } from './create-upload.ts';
import { makeCreateDirectUpload } from './mux-direct-upload.ts';

const env = readEnv([
  'DATABASE_SECRET_ID',
  'MUX_API_TOKEN_SECRET_ID',
  'PORTAL_URL',
  'IDEMPOTENCY_KEY_HOURS',
]);
const operation = 'create-upload';
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: operation,
  fetch: fetchSecretValue,
  now: systemClock,
});
const apiToken = cachedSecret({
  secretId: env.MUX_API_TOKEN_SECRET_ID,
  fetch: fetchSecretValue,
  now: systemClock,
});
const keyHours = Number(env.IDEMPOTENCY_KEY_HOURS);
const createDirectUpload = makeCreateDirectUpload({ apiToken, corsOrigin: env.PORTAL_URL });
const createUpload = makeCreateUpload({ pool, keyHours, createDirectUpload, now: systemClock });

export const handler = makeHandlePortalRequest({
  operation,
  request: contracts[operation].request,
  runIdempotent: runIdempotentAroundExternalCall({ operation, keyHours, pool }, createUpload),
});

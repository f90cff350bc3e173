import { fetchSecretValue as fetch } from '../platform/aws/secrets.ts';
import { systemClock as now } from '../platform/clock.ts';
import { readEnv } from '../platform/env.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { cachedSecret } from '../platform/secret-cache.ts';
import { contracts } from '../portal-api/contracts.ts';
import { makeHandleCommand } from '../portal-api/handle-command.ts';
import { runIdempotentAroundExternalCall } from '../portal-api/run-idempotent.ts';
import { makeCreateUpload } from './create-upload.ts';
import { makeCreateDirectUpload } from './mux-direct-upload.ts';

const operation = 'create-upload';
const env = readEnv([
  'DATABASE_SECRET_ID',
  'MUX_API_TOKEN_SECRET_ID',
  'PORTAL_URL',
  'IDEMPOTENCY_KEY_HOURS',
]);
const pool = databasePool({
  secretId: env.DATABASE_SECRET_ID,
  connections: 1,
  applicationName: operation,
  fetch,
  now,
});
const apiToken = cachedSecret({ secretId: env.MUX_API_TOKEN_SECRET_ID, fetch, now });
const createDirectUpload = makeCreateDirectUpload({ apiToken, corsOrigin: env.PORTAL_URL });
const settings = {
  operation,
  pool,
  keyHours: Number(env.IDEMPOTENCY_KEY_HOURS),
  createDirectUpload,
  now,
} as const;
const runOnce = runIdempotentAroundExternalCall(settings, makeCreateUpload(settings));
export const handler = makeHandleCommand({
  operation,
  request: contracts[operation].request,
  runOnce,
});

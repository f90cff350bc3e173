import { makeCreateDirectUpload } from '../providers/mux/direct-upload.ts';
import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { cachedSecret, fetchSecretValue as fetch } from '../runtime/secrets.ts';
import { databasePool } from '../store/database-secret.ts';
import { contracts } from './contracts.ts';
import { makeCreateUpload } from './create-upload.ts';
import { makeHandleCommand } from './handle-command.ts';
import { onceAroundCall } from './run-once.ts';

const operation = 'create-upload';
const env = readEnv(['DATABASE_SECRET_ID', 'MUX_API_TOKEN_SECRET_ID', 'PORTAL_URL', 'IDEMPOTENCY_KEY_HOURS']);
const pool = databasePool({ secretId: env.DATABASE_SECRET_ID, connections: 1, applicationName: operation, fetch, now });
const apiToken = cachedSecret({ secretId: env.MUX_API_TOKEN_SECRET_ID, fetch, now });
const createDirectUpload = makeCreateDirectUpload({ apiToken, corsOrigin: env.PORTAL_URL });
const settings = { operation, pool, keyHours: Number(env.IDEMPOTENCY_KEY_HOURS), createDirectUpload, now } as const;
const runOnce = onceAroundCall(settings, makeCreateUpload(settings));
export const handler = makeHandleCommand({ operation, request: contracts[operation].request, runOnce });

import { systemClock as now } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { fetchSecretValue as fetch } from '../runtime/secrets.ts';
import { databasePool } from '../store/database-secret.ts';
import { contracts } from './contracts.ts';
import { makeCreateShareLink } from './create-share-link.ts';
import { makeHandleCommand } from './handle-command.ts';
import { onceInTransaction } from './run-once.ts';

const operation = 'create-share-link';
const env = readEnv(['DATABASE_SECRET_ID', 'PORTAL_URL', 'IDEMPOTENCY_KEY_HOURS', 'SHARE_LINK_MAX_DAYS']);
const pool = databasePool({ secretId: env.DATABASE_SECRET_ID, connections: 1, applicationName: operation, fetch, now });
const work = makeCreateShareLink({ portalUrl: env.PORTAL_URL, maxDays: Number(env.SHARE_LINK_MAX_DAYS), now });
const runOnce = onceInTransaction({ operation, keyHours: Number(env.IDEMPOTENCY_KEY_HOURS), pool }, work);

export const handler = makeHandleCommand({ operation, request: contracts[operation].request, runOnce });

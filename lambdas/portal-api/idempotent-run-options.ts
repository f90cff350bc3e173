import type { PortalOperationName } from '../catalog/portal-api.ts';
import { fetchSecretValue } from '../platform/aws/secrets.ts';
import type { Clock } from '../platform/clock.ts';
import { databasePool } from '../platform/postgres/database-secret.ts';
import { makeOpenResponseCipher } from './response-cipher.ts';
import type { IdempotentRunOptions } from './run-idempotent.ts';

/** Environment variables that `openIdempotentRunOptions` reads. */
export const idempotentRunVariables = [
  'DATABASE_SECRET_ID',
  'RESPONSE_SECRET_ID',
  'IDEMPOTENCY_KEY_HOURS',
] as const;

type Environment = Readonly<Record<(typeof idempotentRunVariables)[number], string>>;

/** Opens the pool and the cipher of one portal API operation. */
export function openIdempotentRunOptions(
  operation: PortalOperationName,
  env: Environment,
  now: Clock,
): IdempotentRunOptions {
  const fetch = fetchSecretValue;
  const pool = databasePool({
    secretId: env.DATABASE_SECRET_ID,
    connections: 1,
    applicationName: operation,
    fetch,
    now,
  });
  const openCipher = makeOpenResponseCipher({ secretId: env.RESPONSE_SECRET_ID, fetch, now });
  return { operation, keyHours: Number(env.IDEMPOTENCY_KEY_HOURS), pool, openCipher };
}

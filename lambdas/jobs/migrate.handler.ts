import { join } from 'node:path';
import { systemClock } from '../runtime/clock.ts';
import { readEnv } from '../runtime/env.ts';
import { log } from '../runtime/observability.ts';
import { throwingRedacted } from '../runtime/redaction.ts';
import { cachedSecret, fetchSecretValue } from '../runtime/secrets.ts';
import { readDatabaseSecret } from '../store/database-secret.ts';
import { migrate } from '../store/migrations.ts';

const env = readEnv(['DATABASE_SECRET_ID']);
const secret = cachedSecret({ secretId: env.DATABASE_SECRET_ID, fetch: fetchSecretValue, now: systemClock });

export const handler = throwingRedacted(async (): Promise<{ readonly applied: readonly string[] }> => {
  const { directUrl } = readDatabaseSecret(await secret());
  const applied = await migrate(directUrl, join(import.meta.dirname, 'migrations'));
  log.info('Database is migrated', { applied });
  return { applied };
});

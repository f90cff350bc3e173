import { join } from 'node:path';
import { fetchSecretValue } from '../aws/secrets.ts';
import { systemClock } from '../clock.ts';
import { readEnv } from '../env.ts';
import { log } from '../logger.ts';
import { throwingRedacted } from '../redaction.ts';
import { cachedSecret } from '../secret-cache.ts';
import { readDatabaseSecret } from './database-secret.ts';
import { migrate } from './migrate.ts';

const env = readEnv(['DATABASE_SECRET_ID']);
const secret = cachedSecret({
  secretId: env.DATABASE_SECRET_ID,
  fetch: fetchSecretValue,
  now: systemClock,
});

export const handler = throwingRedacted(
  async (): Promise<{ readonly applied: readonly string[] }> => {
    const { directUrl } = readDatabaseSecret(await secret());
    const applied = await migrate(directUrl, join(import.meta.dirname, 'migrations'));
    log.info('Database migrated', { applied });
    return { applied };
  },
);

import pg from 'pg';
import { readDatabaseSecret } from '../../../../lambdas/platform/postgres/database-secret.ts';
import type { DatabaseRead } from '../checks/database-checks.ts';

const TIMEOUT_MS = 8_000;

interface ServerRow {
  readonly version: number;
  readonly may_create: boolean;
}

const DESCRIBE_SERVER = `
  select
    current_setting('server_version_num')::int / 10000 as version,
    has_database_privilege(current_database(), 'create') as may_create
`;

/** Connects with the URLs of the secret, as processors and migrations do. */
export async function readDatabases(
  secret: string,
): Promise<readonly (readonly [url: string, read: DatabaseRead])[]> {
  const { url, directUrl } = readDatabaseSecret(secret);
  const urls: (readonly [string, string])[] = [['DATABASE_URL', url]];
  if (directUrl !== url) urls.push(['DIRECT_DATABASE_URL', directUrl]);
  return Promise.all(urls.map(async ([name, one]) => [name, await connect(one)] as const));
}

async function connect(connectionString: string): Promise<DatabaseRead> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  // A connection that breaks later must not end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<ServerRow>(DESCRIBE_SERVER);
    const { version = 0, may_create: mayCreate = false } = rows[0] ?? {};
    return { outcome: 'connected', version, mayCreate };
  } catch (error) {
    return { outcome: 'failed', code: codeOf(error) };
  } finally {
    await client.end().catch(() => {});
  }
}

/** Returns the code of the error. Its message may contain the URL. */
function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  if (typeof code === 'string') return code;
  const message = error instanceof Error ? error.message : '';
  if (/timeout/i.test(message)) return 'TIMEOUT';
  return /SSL|TLS|certificate/i.test(message) ? 'TLS' : 'unknown';
}

import type pg from 'pg';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { parseJson } from '../json.ts';
import { cachedSecret, type FetchSecret } from '../secret-cache.ts';
import { type DatabaseSettings, openDatabase } from './database.ts';

export interface DatabaseSecret {
  /** Of whatever runs statements: through a transaction-mode pooler where there is one. */
  readonly url: string;
  /** Past any pooler, for migrations. */
  readonly directUrl: string;
  /** There is no pooler in between, or `prepared_statements=true` in the URL says that it can do with them. */
  readonly keepsStatements: boolean;
}

export interface DatabaseSecretSource extends Omit<DatabaseSettings, 'url'> {
  readonly secretId: string;
  readonly fetch: FetchSecret;
  readonly now: Clock;
}

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\/[^/]+\/.+/);
const urls = z.object({ DATABASE_URL: postgresUrl, DIRECT_DATABASE_URL: postgresUrl.optional() });

// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
const generated = z
  .object({
    host: z.string().regex(/^[\w.-]+$/),
    port: z.coerce.number().int().min(1).max(65_535),
    username: z.string().min(1),
    password: z.string().min(1),
    dbname: z.string().min(1),
  })
  .transform(({ host, port, username, password, dbname }) => ({
    DATABASE_URL: `postgres://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(dbname)}`,
    DIRECT_DATABASE_URL: undefined,
  }));

const shape = z.union([urls, generated]);

/**
 * The secret is a Postgres URL, or JSON: with `DATABASE_URL` and, behind a pooler, `DIRECT_DATABASE_URL`, or as AWS
 * writes it for a cluster of its own.
 * @throws a message that says what is expected and never what was found.
 */
export function readDatabaseSecret(text: string): DatabaseSecret {
  const parsed = shape.safeParse(text.startsWith('{') ? parseJson(text) : { DATABASE_URL: text });
  if (!parsed.success) {
    throw new Error(
      'The database secret must hold postgres://user:password@host/database, or JSON with DATABASE_URL and, where that goes through a pooler, DIRECT_DATABASE_URL.',
    );
  }
  const { DATABASE_URL, DIRECT_DATABASE_URL } = parsed.data;
  const asked = new URL(DATABASE_URL).searchParams.get('prepared_statements');
  return {
    url: withTls(DATABASE_URL),
    directUrl: withTls(DIRECT_DATABASE_URL ?? DATABASE_URL),
    keepsStatements: asked === null ? DIRECT_DATABASE_URL === undefined : asked === 'true',
  };
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whatever the URL asks for: only a server on this machine is spoken to without TLS and a checked certificate. */
function withTls(url: string): string {
  const parsed = new URL(url);
  // Ours, and no server's.
  parsed.searchParams.delete('prepared_statements');
  if (!loopback.has(parsed.hostname)) parsed.searchParams.set('sslmode', 'verify-full');
  return parsed.toString();
}

/** @returns a function that opens the pool at its first call and hands out the same one from then on. */
export function databasePool({
  secretId,
  fetch,
  now,
  ...settings
}: DatabaseSecretSource): () => Promise<pg.Pool> {
  const secret = cachedSecret({ secretId, fetch, now });
  let pool: pg.Pool | undefined;
  let openedFor: string | undefined;
  return async () => {
    const { url, keepsStatements } = readDatabaseSecret(await secret());
    // A rotated password: what is under way ends on the pool that it began with.
    if (pool === undefined || url !== openedFor) {
      void pool?.end().catch(() => {});
      pool = openDatabase({
        ...settings,
        url,
        prepares: settings.prepares === true && keepsStatements,
      });
      openedFor = url;
    }
    return pool;
  };
}

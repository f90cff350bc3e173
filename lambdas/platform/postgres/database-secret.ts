import type pg from 'pg';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { parseJson } from '../json.ts';
import { type FetchSecret, parsedSecret } from '../secret-cache.ts';
import { type DatabaseOptions, type GetPool, openDatabase } from './database.ts';

export interface DatabaseSecret {
  /** URL for statements, through the transaction-mode pooler if there is one. */
  readonly url: string;
  /** URL for migrations, which bypasses any pooler. */
  readonly directUrl: string;
  /** True without a pooler, or if the URL has `prepared_statements=true`. */
  readonly keepsStatements: boolean;
}

export interface DatabaseSecretSource extends Omit<DatabaseOptions, 'url'> {
  readonly secretId: string;
  readonly fetch: FetchSecret;
  readonly now: Clock;
}

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\/[^/]+\/.+/);
const urlsSchema = z.object({
  DATABASE_URL: postgresUrl,
  DIRECT_DATABASE_URL: postgresUrl.optional(),
});

// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
const auroraSchema = z
  .object({
    host: z.string().regex(/^[\w.-]+$/),
    port: z.coerce.number().int().min(1).max(65_535),
    username: z.string().min(1),
    password: z.string().min(1),
    dbname: z.string().min(1),
  })
  .transform(({ host, port, username, password, dbname }) => {
    const credentials = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
    return {
      DATABASE_URL: `postgres://${credentials}@${host}:${port}/${encodeURIComponent(dbname)}`,
      DIRECT_DATABASE_URL: undefined,
    };
  });

const secretSchema = z.union([urlsSchema, auroraSchema]);

const EXPECTED =
  'The database secret must hold postgres://user:password@host/database, ' +
  'or JSON with DATABASE_URL and, where that goes through a pooler, DIRECT_DATABASE_URL.';

/**
 * Parses the secret: a Postgres URL, JSON with `DATABASE_URL` (behind a pooler also
 * `DIRECT_DATABASE_URL`), or the JSON that AWS generates for an Aurora cluster.
 * @throws an error that describes the expected forms and never contains the secret.
 */
export function readDatabaseSecret(text: string): DatabaseSecret {
  const value = text.startsWith('{') ? parseJson(text) : { DATABASE_URL: text };
  const parsed = secretSchema.safeParse(value);
  if (!parsed.success) throw new Error(EXPECTED);
  const { DATABASE_URL, DIRECT_DATABASE_URL } = parsed.data;
  const parameter = new URL(DATABASE_URL).searchParams.get('prepared_statements');
  return {
    url: withTls(DATABASE_URL),
    directUrl: withTls(DIRECT_DATABASE_URL ?? DATABASE_URL),
    keepsStatements: parameter === null ? DIRECT_DATABASE_URL === undefined : parameter === 'true',
  };
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Requires TLS with a verified certificate for every server but one on this machine. */
function withTls(url: string): string {
  const parsed = new URL(url);
  // This parameter is our own; Postgres would reject it.
  parsed.searchParams.delete('prepared_statements');
  if (!loopback.has(parsed.hostname)) parsed.searchParams.set('sslmode', 'verify-full');
  return parsed.toString();
}

/**
 * Returns a function that opens the pool at its first call. A changed secret opens a new pool; a
 * secret that cannot be read or parsed keeps the pool.
 */
export function databasePool({ secretId, fetch, now, ...options }: DatabaseSecretSource): GetPool {
  const secret = parsedSecret({ secretId, fetch, now }, readDatabaseSecret);
  let pool: pg.Pool | undefined;
  let poolUrl: string | undefined;
  return async () => {
    const { url, keepsStatements } = await secret();
    if (pool === undefined || url !== poolUrl) {
      // Work in progress finishes on the old pool after a password rotation.
      void pool?.end().catch(() => {});
      const prepares = options.prepares === true && keepsStatements;
      pool = openDatabase({ ...options, url, prepares });
      poolUrl = url;
    }
    return pool;
  };
}

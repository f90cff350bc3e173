import pg from 'pg';
import { UserError } from '../user-error.ts';
import { type PostgresServer, type PostgresSettings, startPostgres } from './postgres.ts';

export interface PortalDatabase {
  readonly url: string;
  /** Leads to Postgres directly if `url` leads through a pooler. */
  readonly directUrl: string | undefined;
  readonly pool: pg.Pool;
  /** Undefined if the database is not managed by local mode. */
  readonly server: PostgresServer | undefined;
  stop(): Promise<void>;
}

export type DatabaseChoice =
  | { readonly url: string; readonly directUrl?: string }
  | PostgresSettings;

const DATABASE = 'portal';

export async function openPortalDatabase(choice: DatabaseChoice): Promise<PortalDatabase> {
  if ('url' in choice) {
    await assertReachable(choice.url);
    return portalDatabase(choice, undefined);
  }
  const server = await startPostgres(choice);
  await createDatabase(server.url('postgres'));
  return portalDatabase({ url: server.url(DATABASE) }, server);
}

function portalDatabase(
  { url, directUrl }: { readonly url: string; readonly directUrl?: string },
  server: PostgresServer | undefined,
): PortalDatabase {
  const pool = new pg.Pool({ connectionString: url, max: 4, application_name: 'local-mode' });
  // A server stop ends idle connections; an error without a listener would end this process.
  pool.on('error', () => {});
  return {
    url,
    directUrl,
    pool,
    server,
    async stop() {
      await pool.end();
      await server?.stop();
    },
  };
}

/** Returns the value of the secret that functions read. */
export const databaseSecretOf = ({ url, directUrl }: PortalDatabase): string =>
  directUrl === undefined
    ? url
    : JSON.stringify({ DATABASE_URL: url, DIRECT_DATABASE_URL: directUrl });

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  const { rowCount } = await client.query('select from pg_database where datname = $1::text', [
    DATABASE,
  ]);
  if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  await client.end();
}

async function assertReachable(url: string): Promise<void> {
  if (!URL.canParse(url) || !/^postgres(?:ql)?:$/.test(new URL(url).protocol))
    throw new UserError(
      'DATABASE_URL is not a Postgres URL: ' +
        `expected postgres://user:password@host:port/database. ${CORRECTION}`,
    );
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    const { host, pathname } = new URL(url);
    throw new UserError(
      `Postgres cannot be reached at ${host}${pathname} (${reasonOf(error)}), ` +
        `the address in DATABASE_URL. ${CORRECTION}`,
    );
  } finally {
    await client.end().catch(() => {});
  }
}

const CORRECTION = 'Correct it, or unset it to use the Postgres server of this project.';

function reasonOf(error: unknown): string {
  const [first = error] = error instanceof AggregateError ? error.errors : [error];
  const { code, message } = first as { code?: string; message?: string };
  return code === 'ECONNREFUSED' ? 'connection refused' : (message ?? String(first));
}

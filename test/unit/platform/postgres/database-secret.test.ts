import { expect, test } from '@jest/globals';
import pg from 'pg';
import {
  databasePool,
  readDatabaseSecret,
} from '../../../../lambdas/platform/postgres/database-secret.ts';
import { aSecret } from '../../../support/secrets.ts';
import { useStdout } from '../../../support/stdout.ts';

const stdout = useStdout();

const url = 'postgres://portal:pass@db.example.com/portal';
const verified = `${url}?sslmode=verify-full`;

/** Secret that AWS generates after the cluster is attached. */
const auroraSecret = {
  dbClusterIdentifier: 'motion-mavericks-prod',
  engine: 'postgres',
  host: 'portal.cluster-c9akciq32.ap-southeast-2.rds.amazonaws.com',
  port: 5433,
  dbname: 'portal',
  username: 'portal',
  password: 'p-w_x',
};

test.each([
  ['a URL', url, verified, verified],
  ['JSON with a URL', JSON.stringify({ DATABASE_URL: url }), verified, verified],
  [
    'JSON with a URL that bypasses the pooler',
    JSON.stringify({ DATABASE_URL: url, DIRECT_DATABASE_URL: url.replace('db.', 'direct.') }),
    verified,
    verified.replace('db.', 'direct.'),
  ],
])('requires a verified certificate for %s', (_, text, expected, direct) => {
  expect(readDatabaseSecret(text)).toMatchObject({ url: expected, directUrl: direct });
});

test('reads the secret that AWS generates for Aurora, and requires a verified certificate', () => {
  const { host, port } = auroraSecret;
  const expected = `postgres://portal:p-w_x@${host}:${port}/portal?sslmode=verify-full`;

  expect(readDatabaseSecret(JSON.stringify(auroraSecret))).toMatchObject({
    url: expected,
    directUrl: expected,
  });
  // The port is text or a number, depending on the tool that attached the cluster.
  expect(readDatabaseSecret(JSON.stringify({ ...auroraSecret, port: String(port) })).url).toBe(
    expected,
  );
});

test('encodes characters of a generated password that a URL does not allow', () => {
  const password = 'a/b:c@d?e#f%41 g&h=i\\"';
  const { url: connectionString } = readDatabaseSecret(
    JSON.stringify({ ...auroraSecret, password }),
  );

  const client = new pg.Client({ connectionString });

  expect(client.password).toBe(password);
  expect(client).toMatchObject({
    host: auroraSecret.host,
    port: auroraSecret.port,
    user: 'portal',
    database: 'portal',
  });
  expect((client as unknown as { ssl: unknown }).ssl).toEqual({});
});

test.each([
  ['a server on this machine', 'postgres://portal:pass@127.0.0.1:5432/portal'],
  ['localhost', 'postgres://portal:pass@localhost/portal'],
])('allows %s without TLS', (_, local) => {
  expect(readDatabaseSecret(local).url).toBe(local);
});

test.each([
  ['an empty text', ''],
  ['a password alone', 'hunter2'],
  ['JSON without a URL', '{"username":"portal","password":"hunter2"}'],
  [
    'a secret without an attached cluster',
    JSON.stringify({ ...auroraSecret, host: undefined, password: 'hunter2' }),
  ],
  [
    'a host that contains more than a host name',
    JSON.stringify({ ...auroraSecret, host: 'a@evil.example/', password: 'hunter2' }),
  ],
  ['broken JSON', '{"password":"hunter2"'],
])('rejects %s and describes the expected forms without the secret', (_, text) => {
  expect(() => readDatabaseSecret(text)).toThrow(/must hold postgres:\/\//);
  expect(() => readDatabaseSecret(text)).not.toThrow(/hunter2/);
});

const direct = 'postgres://portal:pw@db.example/portal';
const pooled = 'postgres://portal:pw@pooler.example/portal';
test.each([
  ['without a pooler', { DATABASE_URL: direct }, true],
  ['with a pooler', { DATABASE_URL: pooled, DIRECT_DATABASE_URL: direct }, false],
  [
    'with a pooler whose URL allows it',
    { DATABASE_URL: `${pooled}?prepared_statements=true`, DIRECT_DATABASE_URL: direct },
    true,
  ],
  ['with a URL that forbids it', { DATABASE_URL: `${direct}?prepared_statements=false` }, false],
])('decides about prepared statements %s', (_, secret, expected) => {
  const { url, keepsStatements } = readDatabaseSecret(JSON.stringify(secret));

  expect(keepsStatements).toBe(expected);
  expect(url).not.toContain('prepared_statements');
});

test.each([
  ['cannot be read', new Error('InternalServiceError')],
  ['cannot be parsed', 'hunter2'],
])('keeps its pool while the secret %s, and opens a new one for a new URL', async (_, damage) => {
  const secret = aSecret({ AWSCURRENT: url });
  const getPool = databasePool({ ...secret.source, connections: 1, applicationName: 'test' });
  const pool = await getPool();

  secret.versions.AWSCURRENT = damage;
  secret.wait(300);
  expect(await getPool()).toBe(pool);
  expect(stdout).toContainEqual(expect.objectContaining({ SecretReadsFailed: 1 }));
  expect(JSON.stringify(stdout)).not.toContain('hunter2');

  secret.versions.AWSCURRENT = url.replace('pass', 'rotated');
  secret.wait(30);
  expect(await getPool()).not.toBe(pool);
});

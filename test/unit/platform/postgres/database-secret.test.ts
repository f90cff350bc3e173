import { expect, test } from '@jest/globals';
import pg from 'pg';
import { readDatabaseSecret } from '../../../../lambdas/platform/postgres/database-secret.ts';

const url = 'postgres://portal:pass@db.example.com/portal';
const verified = `${url}?sslmode=verify-full`;

/** As Secrets Manager has it once the cluster is attached to the secret. */
const ofAurora = {
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
    'JSON with one past the pooler',
    JSON.stringify({ DATABASE_URL: url, DIRECT_DATABASE_URL: url.replace('db.', 'direct.') }),
    verified,
    verified.replace('db.', 'direct.'),
  ],
])('%s leads to a server whose certificate is checked', (_, text, expected, direct) => {
  expect(readDatabaseSecret(text)).toMatchObject({ url: expected, directUrl: direct });
});

test('what Secrets Manager generates for Aurora leads to the cluster, whose certificate is checked', () => {
  const { host, port } = ofAurora;
  const expected = `postgres://portal:p-w_x@${host}:${port}/portal?sslmode=verify-full`;

  expect(readDatabaseSecret(JSON.stringify(ofAurora))).toMatchObject({
    url: expected,
    directUrl: expected,
  });
  // A port may be text, depending on who attached the cluster.
  expect(readDatabaseSecret(JSON.stringify({ ...ofAurora, port: String(port) })).url).toBe(
    expected,
  );
});

test('a generated password may hold whatever a URL may not', () => {
  const password = 'a/b:c@d?e#f%41 g&h=i\\"';
  const { url: connectionString } = readDatabaseSecret(JSON.stringify({ ...ofAurora, password }));

  const client = new pg.Client({ connectionString });

  expect(client.password).toBe(password);
  expect(client).toMatchObject({
    host: ofAurora.host,
    port: ofAurora.port,
    user: 'portal',
    database: 'portal',
  });
  expect((client as unknown as { ssl: unknown }).ssl).toEqual({});
});

test.each([
  ['a server on this machine', 'postgres://portal:pass@127.0.0.1:5432/portal'],
  ['one by its name', 'postgres://portal:pass@localhost/portal'],
])('%s is spoken to without TLS', (_, local) => {
  expect(readDatabaseSecret(local).url).toBe(local);
});

test.each([
  ['nothing', ''],
  ['a password alone', 'hunter2'],
  ['JSON of something else', '{"username":"portal","password":"hunter2"}'],
  [
    'a secret that no cluster is attached to',
    JSON.stringify({ ...ofAurora, host: undefined, password: 'hunter2' }),
  ],
  [
    'a host that would be more than that',
    JSON.stringify({ ...ofAurora, host: 'a@evil.example/', password: 'hunter2' }),
  ],
  ['broken JSON', '{"password":"hunter2"'],
])('%s is refused with what is expected and without what was found', (_, text) => {
  expect(() => readDatabaseSecret(text)).toThrow(/must hold postgres:\/\//);
  expect(() => readDatabaseSecret(text)).not.toThrow(/hunter2/);
});

const direct = 'postgres://portal:pw@db.example/portal';
const pooled = 'postgres://portal:pw@pooler.example/portal';
test.each([
  ['there is no pooler', { DATABASE_URL: direct }, true],
  ['a pooler says nothing of them', { DATABASE_URL: pooled, DIRECT_DATABASE_URL: direct }, false],
  [
    'the URL of the pooler allows it',
    { DATABASE_URL: `${pooled}?prepared_statements=true`, DIRECT_DATABASE_URL: direct },
    true,
  ],
  ['the URL forbids it', { DATABASE_URL: `${direct}?prepared_statements=false` }, false],
])('whether the server keeps statements, where %s', (_, secret, expected) => {
  const { url, keepsStatements } = readDatabaseSecret(JSON.stringify(secret));

  expect(keepsStatements).toBe(expected);
  expect(url).not.toContain('prepared_statements');
});

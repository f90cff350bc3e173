import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { domainEvents } from '../../lambdas/catalog/domain-events.ts';
import { commands } from '../../lambdas/catalog/portal-api.ts';
import { providers, webhookPath } from '../../lambdas/catalog/providers.ts';
import { contracts } from '../../lambdas/portal-api/contracts.ts';
import { problemStatuses } from '../../lambdas/portal-api/problem.ts';
import { describeDomainEvents } from '../../scripts/describe-domain-events.ts';
import { describeOpenApi } from '../../scripts/describe-openapi.ts';
import { jsonSchemaOf } from '../../scripts/json-schema.ts';

const text = readFileSync('docs/openapi.json', 'utf8');
const api = JSON.parse(text);

test('docs/openapi.json is what the schemas and the lists say (if not: npm run docs)', () => {
  expect(text).toBe(`${JSON.stringify(describeOpenApi(), null, 2)}\n`);
});

test('docs/domain-events.md is what lambdas/catalog/domain-events.ts says (if not: npm run docs)', () => {
  expect(readFileSync('docs/domain-events.md', 'utf8')).toBe(describeDomainEvents());
});

test('every provider and every command has its path, and each command says that it is signed', () => {
  expect(Object.keys(api.paths)).toEqual(
    expect.arrayContaining([...providers.map(webhookPath), ...commands.map(({ path }) => path)]),
  );
  for (const { path } of commands) expect(api.paths[path].post.security).toEqual([{ sigv4: [] }]);
});

test('whatever a command may be refused for is said of some command, with its status', () => {
  const said = commands.flatMap(({ path }) =>
    Object.entries(api.paths[path].post.responses).flatMap(([status, response]) =>
      typesIn(response).map((type) => [type, status]),
    ),
  );

  expect(Object.fromEntries(said)).toEqual(
    Object.fromEntries(
      Object.entries(problemStatuses).map(([type, status]) => [type, String(status)]),
    ),
  );
});

test('every reference leads somewhere', () => {
  const references = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) =>
    path.split('/'),
  );

  expect(references.length).toBeGreaterThan(5);
  for (const path of references)
    expect(path.reduce((found, key) => found?.[key], api)).toBeDefined();
});

test('what the document calls a good request is one, and what it calls a bad one is none', () => {
  const good = {
    assetId: '20000000-0000-4000-8000-000000000001',
    ownerId: '10000000-0000-4000-8000-000000000001',
    expiresAt: '2026-12-01T10:00:00+11:00',
  };
  const bad = [
    {},
    { ...good, label: '' },
    { ...good, other: 1 },
    { ...good, assetId: 'film' },
    { ...good, expiresAt: 'soon' },
  ];
  const { request } = contracts['create-share-link'];
  const described = z.fromJSONSchema(
    api.paths['/api/v1/share-links'].post.requestBody.content['application/json'].schema,
  );

  expect([good, ...bad].map((one) => request.safeParse(one).success)).toEqual([
    true,
    ...bad.map(() => false),
  ]);
  expect([good, ...bad].map((one) => described.safeParse(one).success)).toEqual([
    true,
    ...bad.map(() => false),
  ]);
});

test('each domain event says what it tells, and has what consumers go by', () => {
  for (const schema of Object.values(domainEvents)) {
    const { description, required, properties } = jsonSchemaOf(schema, 'output');
    expect(description).toMatch(/\.$/);
    expect(required).toEqual(expect.arrayContaining(['version', 'id', 'occurredAt']));
    expect(properties?.['version']).toMatchObject({ const: expect.any(Number) });
  }
});

function typesIn(response: unknown): readonly string[] {
  const found = /"enum":(\[[^\]]*\])/.exec(JSON.stringify(response));
  return found === null ? [] : JSON.parse(found[1] ?? '[]');
}

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { domainEvents } from '../../lambdas/catalog/domain-events.ts';
import { jsonSchemaOf } from '../../lambdas/catalog/json-schema.ts';
import { portalOperations } from '../../lambdas/catalog/portal-api.ts';
import { providers, webhookPath } from '../../lambdas/catalog/providers.ts';
import { contracts } from '../../lambdas/portal-api/contracts.ts';
import { problemStatuses } from '../../lambdas/portal-api/problem.ts';
import { describeDomainEvents } from '../../scripts/describe-domain-events.ts';
import { describeOpenApi } from '../../scripts/describe-openapi.ts';

const text = readFileSync('docs/openapi.json', 'utf8');
const api = JSON.parse(text);

test('docs/openapi.json is up to date with the schemas and lists (npm run docs)', () => {
  expect(text).toBe(`${JSON.stringify(describeOpenApi(), null, 2)}\n`);
});

test('docs/domain-events.md is up to date with the catalog (npm run docs)', () => {
  expect(readFileSync('docs/domain-events.md', 'utf8')).toBe(describeDomainEvents());
});

test('describes a path for each provider and a signed path for each portal operation', () => {
  expect(Object.keys(api.paths)).toEqual(
    expect.arrayContaining([
      ...providers.map(webhookPath),
      ...portalOperations.map(({ path }) => path),
    ]),
  );
  for (const { path } of portalOperations)
    expect(api.paths[path].post.security).toEqual([{ sigv4: [] }]);
});

test('describes each problem type with its status for at least one operation', () => {
  const described = portalOperations.flatMap(({ path }) =>
    Object.entries(api.paths[path].post.responses).flatMap(([status, response]) =>
      typesIn(response).map((type) => [type, status]),
    ),
  );

  expect(Object.fromEntries(described)).toEqual(
    Object.fromEntries(
      Object.entries(problemStatuses).map(([type, status]) => [type, String(status)]),
    ),
  );
});

test('resolves every reference', () => {
  const references = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) =>
    path.split('/'),
  );

  expect(references.length).toBeGreaterThan(5);
  for (const path of references)
    expect(path.reduce((found, key) => found?.[key], api)).toBeDefined();
});

test('the described schema accepts and rejects the same requests as the code', () => {
  const valid = {
    assetId: '20000000-0000-4000-8000-000000000001',
    ownerId: '10000000-0000-4000-8000-000000000001',
    expiresAt: '2026-12-01T10:00:00+11:00',
  };
  const invalid = [
    {},
    { ...valid, label: '' },
    { ...valid, other: 1 },
    { ...valid, assetId: 'asset' },
    { ...valid, expiresAt: 'soon' },
  ];
  const { request } = contracts['create-share-link'];
  const described = z.fromJSONSchema(
    api.paths['/api/v1/share-links'].post.requestBody.content['application/json'].schema,
  );

  expect([valid, ...invalid].map((one) => request.safeParse(one).success)).toEqual([
    true,
    ...invalid.map(() => false),
  ]);
  expect([valid, ...invalid].map((one) => described.safeParse(one).success)).toEqual([
    true,
    ...invalid.map(() => false),
  ]);
});

test('each domain event has a description, a version, an id and a time', () => {
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

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { type DomainEventType, domainEvents } from '../../lambdas/catalog/domain-events.ts';
import type { JsonSchema } from '../../lambdas/catalog/json-schema-type.ts';
import { breakingChanges, breakingContracts } from '../../scripts/contracts/breaking-changes.ts';
import { contractFiles, readContracts } from '../../scripts/contracts/contract-files.ts';
import { eventExamples } from '../../scripts/contracts/event-examples.ts';

test('contracts/ is up to date with the catalog (npm run docs)', async () => {
  const files = await contractFiles();

  expect(files.size).toBeGreaterThan(2 * Object.keys(domainEvents).length);
  for (const [path, text] of files) expect(readFileSync(`contracts/${path}`, 'utf8')).toBe(text);
});

test('each example is valid by the schema of its event', () => {
  for (const [type, example] of Object.entries(eventExamples))
    expect(domainEvents[type as DomainEventType].strict().safeParse(example).error).toBeUndefined();
});

test('each published schema accepts its example and rejects one without a detail', () => {
  const contracts = readContracts('contracts');

  expect(contracts.size).toBe(Object.keys(domainEvents).length);
  for (const [name, schema] of contracts) {
    const example = JSON.parse(readFileSync(`contracts/examples/${name}.json`, 'utf8'));
    const parser = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    expect(parser.safeParse(example).error).toBeUndefined();
    expect(parser.safeParse({ ...example, detail: {} }).success).toBe(false);
  }
});

describe('breaking changes of an event', () => {
  const before: JsonSchema = {
    type: 'object',
    required: ['id', 'reason'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      reason: { type: 'string', enum: ['bounced', 'complained'] },
      title: { anyOf: [{ type: 'string', maxLength: 500 }, { type: 'null' }] },
      seconds: { type: 'number', minimum: 0 },
      links: { type: 'array', items: { type: 'object', properties: { at: { type: 'string' } } } },
    },
  };
  const { reason: _, ...withoutReason } = before.properties ?? {};
  const withProperty = (name: string, schema: JsonSchema): JsonSchema => ({
    ...before,
    properties: { ...before.properties, [name]: schema },
  });

  test.each<[string, JsonSchema]>([
    ['nothing', before],
    ['a new property', withProperty('extra', { type: 'string' })],
    ['fewer values', withProperty('reason', { type: 'string', enum: ['bounced'] })],
    [
      'a value that is never null any more',
      withProperty('title', { type: 'string', maxLength: 9 }),
    ],
    ['whole numbers only', withProperty('seconds', { type: 'integer', minimum: 1 })],
    ['a description', withProperty('id', { type: 'string', format: 'uuid', description: 'x' })],
    ['a property that is always present now', { ...before, required: ['id', 'reason', 'title'] }],
  ])('accepts %s', (_, after) => {
    expect(breakingChanges(before, after)).toEqual([]);
  });

  test.each<[string, JsonSchema, string]>([
    ['a removed property', { ...before, properties: withoutReason }, 'detail.reason was removed'],
    ['a property that can be absent', { ...before, required: ['id'] }, 'can be absent now'],
    [
      'a new value',
      withProperty('reason', { type: 'string', enum: ['bounced', 'complained', 'manual'] }),
      'detail.reason may now be ["manual"]',
    ],
    ['any value', withProperty('reason', { type: 'string' }), 'may now be any value'],
    ['another type', withProperty('id', { type: 'integer' }), 'was "string" and is now "integer"'],
    ['no format', withProperty('id', { type: 'string' }), 'had the format uuid'],
    [
      'null',
      withProperty('id', { anyOf: [{ type: 'string', format: 'uuid' }, { type: 'null' }] }),
      'detail.id may now be "null"',
    ],
    [
      'a larger limit',
      withProperty('title', { anyOf: [{ type: 'string', maxLength: 501 }, { type: 'null' }] }),
      'detail.title may now be "string"',
    ],
    ['no lower limit', withProperty('seconds', { type: 'number' }), 'had minimum 0'],
    [
      'a change inside a list',
      withProperty('links', { type: 'array', items: { type: 'object', properties: {} } }),
      'detail.links[].at was removed',
    ],
  ])('reports %s', (_, after, message) => {
    expect(breakingChanges(before, after)).toEqual([expect.stringContaining(message)]);
  });

  test('a removed event is breaking, except for a version with a newer one', () => {
    const schema: JsonSchema = { properties: { detail: before } };
    const published = new Map([
      ['asset.ready.v1', schema],
      ['asset.ready.v2', schema],
    ]);

    expect(breakingContracts(published, new Map([['asset.ready.v2', schema]]))).toEqual([]);
    expect(breakingContracts(published, new Map([['asset.ready.v1', schema]]))).toEqual([
      'asset.ready.v2: the event is no longer published',
    ]);
  });
});

import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { domainEvents, eventSource } from '../../lambdas/catalog/domain-events.ts';
import { every, stages } from './support/stages.ts';

const registered = z.object({
  SchemaName: z.string(),
  Type: z.literal('JSONSchemaDraft4'),
  // Limit of EventBridge's CreateSchema.
  Description: z.string().max(256),
  Content: z.string().transform((text) => JSON.parse(text)),
});

test.each(stages)('$stage registers the schema of every domain event', (stage) => {
  const schemas = every('AWS::EventSchemas::Schema')
    .filter((resource) => resource.stage === stage)
    .map(({ Properties }) => registered.parse(Properties));

  expect(schemas.map(({ SchemaName }) => SchemaName).toSorted()).toEqual(
    Object.entries(domainEvents)
      .map(([type, { shape }]) => `${eventSource}@${type}.v${shape.version.value}`)
      .toSorted(),
  );
  for (const { Content } of schemas) {
    expect(Content.$schema).toBe('http://json-schema.org/draft-04/schema#');
    // Draft 4 has no `const`.
    expect(JSON.stringify(Content)).not.toContain('"const"');
    expect(Content.properties.detail.required).toContain('occurredAt');
  }
});

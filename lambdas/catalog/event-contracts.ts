import { type DomainEventType, domainEvents, eventSource } from './domain-events.ts';
import { type JsonSchemaDialect, jsonSchemaOf } from './json-schema.ts';
import type { JsonSchema } from './json-schema-type.ts';

/** Contract of one domain event. */
export interface EventContract {
  readonly type: DomainEventType;
  readonly version: number;
  /** Name of its files without an extension, such as `asset.ready.v1`. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of `detail`. */
  readonly detail: JsonSchema;
  readonly dialect: JsonSchemaDialect;
}

const dialectUris: Readonly<Record<JsonSchemaDialect, string>> = {
  'draft-2020-12': 'https://json-schema.org/draft/2020-12/schema',
  'draft-4': 'http://json-schema.org/draft-04/schema#',
};

/** Lists the contract of each domain event, from the schemas that the code makes events with. */
export const eventContracts = (
  dialect: JsonSchemaDialect = 'draft-2020-12',
): readonly EventContract[] =>
  (Object.keys(domainEvents) as DomainEventType[]).map((type) => {
    const { $schema: _, ...schema } = jsonSchemaOf(domainEvents[type], 'output', dialect);
    const { description = '', ...detail } = schema;
    const version = domainEvents[type].shape.version.value;
    const name = `${type}.v${version}`;
    return { type, version, name, description, detail: detail as JsonSchema, dialect };
  });

/**
 * Returns the JSON Schema of the whole event as EventBridge delivers it to a target:
 * https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export function deliveredEventSchema(contract: EventContract): JsonSchema {
  const { type, name, description, detail, dialect } = contract;
  return {
    $schema: dialectUris[dialect],
    title: name,
    description,
    type: 'object',
    required: ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'detail'],
    properties: {
      version: { type: 'string', enum: ['0'], description: "Version of EventBridge's envelope" },
      id: { type: 'string', description: "EventBridge's own id: deduplicate by `detail.id`" },
      'detail-type': { type: 'string', enum: [type] },
      source: { type: 'string', enum: [eventSource] },
      account: { type: 'string' },
      time: { type: 'string', format: 'date-time' },
      region: { type: 'string' },
      resources: { type: 'array', items: { type: 'string' } },
      detail,
    },
  };
}

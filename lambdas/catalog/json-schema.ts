import { z } from 'zod';

export type JsonSchemaDialect = 'draft-2020-12' | 'draft-4';

/**
 * Converts a zod schema to JSON Schema. Output schemas allow additional properties, because
 * consumers must ignore properties that a later release adds.
 */
export function jsonSchemaOf(
  schema: z.ZodType,
  io: 'input' | 'output',
  target: JsonSchemaDialect = 'draft-2020-12',
) {
  return z.toJSONSchema(schema, {
    io,
    target,
    override: ({ jsonSchema }) => {
      if (io === 'output') delete jsonSchema.additionalProperties;
      // zod's pattern for a time encodes the entire calendar; `format` has the same meaning.
      if (['date-time', 'date', 'uuid'].includes(jsonSchema.format ?? ''))
        delete jsonSchema.pattern;
    },
  });
}

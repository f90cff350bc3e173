import { z } from 'zod';

/** What is answered or published may gain properties: who reads it has to let them be. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output') {
  return z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      if (io === 'output') delete jsonSchema.additionalProperties;
      // zod's pattern for a time is a whole calendar; the format says the same.
      if (['date-time', 'date', 'uuid'].includes(jsonSchema.format ?? ''))
        delete jsonSchema.pattern;
    },
  });
}

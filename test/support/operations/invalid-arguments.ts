import * as z from 'zod';
import { type CommandName, operatorCommands } from '../../../lambdas/catalog/operator-commands.ts';

/** JSON Schema of an argument, as far as it has limits. */
export interface ArgumentSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly ArgumentSchema[];
  readonly items?: ArgumentSchema;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Returns the schema of each argument of a command. */
export function argumentSchemas(command: CommandName): Readonly<Record<string, ArgumentSchema>> {
  const { properties = {} } = z.toJSONSchema(operatorCommands[command].arguments, {
    io: 'input',
    unrepresentable: 'any',
  }) as { readonly properties?: Readonly<Record<string, ArgumentSchema>> };
  return properties;
}

const wrongTypes: readonly unknown[] = [{}, { $gt: '' }, [[]], null];

/** Returns values that the schema excludes: each limit exceeded by one, and wrong types. */
export function invalidValues(schema: ArgumentSchema): readonly unknown[] {
  if (schema.anyOf !== undefined) return [...wrongTypes, ...schema.anyOf.flatMap(beyondLimits)];
  return [...wrongTypes, ...beyondLimits(schema)];
}

function beyondLimits(schema: ArgumentSchema): readonly unknown[] {
  if (schema.enum !== undefined) return ['', 'no-such-value', 'CONSTRUCTOR'];
  if (schema.type === 'array') return beyondListLimits(schema);
  if (schema.type === 'boolean') return ['true', 'yes', 1];
  if (schema.type === 'integer' || schema.type === 'number')
    return [(schema.minimum ?? 1) - 1, Number(schema.maximum) + 1, 1.5, -1, '1e999', 'many'];
  return beyondTextLimits(schema);
}

function beyondListLimits({ items = {}, minItems = 0, maxItems }: ArgumentSchema) {
  const item = items.enum?.[0] ?? 'x';
  const tooMany = Array.from({ length: Number(maxItems) + 1 }, () => item);
  return [...(minItems > 0 ? [[]] : []), tooMany, ...beyondLimits(items).map((value) => [value])];
}

function beyondTextLimits({ format, pattern, minLength = 0, maxLength }: ArgumentSchema) {
  return [
    ...(minLength > 0 || pattern !== undefined || format !== undefined ? [''] : []),
    ...(minLength > 1 ? ['x'.repeat(minLength - 1)] : []),
    'x'.repeat((maxLength ?? 10_000) + 1),
    `${'1'.repeat(maxLength ?? 10_000)}1@example.org`,
    ...(format === undefined ? [] : ['tomorrow', '2026-13-45T00:00:00Z']),
  ];
}

/** True if the schema has an upper limit for every text, list and number in it. */
export function isBounded(schema: ArgumentSchema): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.every(isBounded);
  if (schema.enum !== undefined || schema.type === 'boolean') return true;
  if (schema.type === 'array')
    return schema.maxItems !== undefined && isBounded(schema.items ?? {});
  if (schema.type === 'integer' || schema.type === 'number') return schema.maximum !== undefined;
  return (
    schema.maxLength !== undefined ||
    schema.format !== undefined ||
    (schema.pattern !== undefined && /^\^[^*+]+\$$/.test(schema.pattern))
  );
}

import * as z from 'zod';

/** One argument of a contract, read from its JSON Schema. */
export interface Property {
  /** Name of the argument in the contract. */
  readonly name: string;
  /** Name of its option, with the leading dashes. */
  readonly option: string;
  readonly kind: 'flag' | 'number' | 'time' | 'text';
  /** Allowed values; empty if others are allowed too. */
  readonly values: readonly string[];
  /** If true, the option takes a list, separated by commas. */
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly description: string;
  readonly default: unknown;
}

interface PropertySchema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly PropertySchema[];
  readonly items?: PropertySchema;
  readonly description?: string;
  readonly default?: unknown;
}

interface ArgumentsSchema {
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

// A program reads each of its contracts to parse a line, and again to read or explain it.
const knownProperties = new WeakMap<z.ZodObject, readonly Property[]>();

/** Lists the arguments of a contract, in its order. */
export function propertiesOf(contract: z.ZodObject): readonly Property[] {
  const properties = knownProperties.get(contract) ?? readProperties(contract);
  knownProperties.set(contract, properties);
  return properties;
}

function readProperties(contract: z.ZodObject): readonly Property[] {
  const { properties = {}, required = [] } = z.toJSONSchema(contract, {
    io: 'input',
    unrepresentable: 'any',
  }) as ArgumentsSchema;
  return Object.entries(properties).map(([name, schema]) =>
    toProperty(name, schema, required.includes(name)),
  );
}

function toProperty(name: string, schema: PropertySchema, isRequired: boolean): Property {
  const list = [schema, ...(schema.anyOf ?? [])].find(({ type }) => type === 'array');
  const single = list?.items ?? schema;
  const kind = kindOf(single);
  // An option that is on by default can only be turned off.
  const isNegated = kind === 'flag' && schema.default === true;
  return {
    name,
    option: `--${isNegated ? 'no-' : ''}${kebab(name)}`,
    kind,
    values: single.enum ?? [],
    isList: list !== undefined,
    isRequired,
    description: schema.description ?? '',
    default: schema.default,
  };
}

function kindOf({ type, format }: PropertySchema): Property['kind'] {
  if (type === 'boolean') return 'flag';
  if (type === 'integer' || type === 'number') return 'number';
  return format === 'date-time' ? 'time' : 'text';
}

/** Returns the option as the help shows it, with a placeholder for its value. */
export function flagsOf({ option, kind, values, isList }: Property): string {
  if (kind === 'flag') return option;
  const value = kind === 'number' ? 'n' : kind === 'time' ? 'time' : values.length ? 'name' : kind;
  return `${option} <${value}${isList ? ',…' : ''}>`;
}

import type { JsonSchema } from '../../lambdas/catalog/json-schema-type.ts';

/**
 * Lists what a consumer of events by the schema `before` may not expect from events by the schema
 * `after`: each thing that is now missing or may now have another form. A new property is not a
 * breaking change, because consumers ignore unknown properties.
 */
export function breakingChanges(before: JsonSchema, after: JsonSchema, at = 'detail'): string[] {
  const expected = alternativesOf(before);
  const [only] = expected;
  const possible = alternativesOf(after);
  if (only !== undefined && expected.length === 1 && possible.length === 1)
    return changesOfOne(only, possible[0] ?? {}, at);
  return possible
    .filter((one) => expected.every((other) => changesOfOne(other, one, at).length > 0))
    .map((one) => `${at} may now be ${describe(one)}`);
}

/** Lists the breaking changes between two sets of contracts, which have names like `type.v1`. */
export function breakingContracts(
  before: ReadonlyMap<string, JsonSchema>,
  after: ReadonlyMap<string, JsonSchema>,
): string[] {
  return [...before].flatMap(([name, schema]) => {
    const changed = after.get(name);
    if (changed !== undefined)
      return breakingChanges(detailOf(schema), detailOf(changed)).map(
        (change) => `${name}: ${change}`,
      );
    return hasNewerVersion(name, after) ? [] : [`${name}: the event is no longer published`];
  });
}

const detailOf = ({ properties }: JsonSchema): JsonSchema => properties?.['detail'] ?? {};

function hasNewerVersion(name: string, contracts: ReadonlyMap<string, JsonSchema>): boolean {
  const [type, version] = splitName(name);
  return [...contracts.keys()]
    .map(splitName)
    .some(([other, newer]) => other === type && newer > version);
}

function splitName(name: string): readonly [type: string, version: number] {
  const at = name.lastIndexOf('.v');
  return [name.slice(0, at), Number(name.slice(at + 2))];
}

const alternativesOf = (schema: JsonSchema): readonly JsonSchema[] =>
  (schema.anyOf ?? [schema]).flatMap((one) =>
    Array.isArray(one.type) ? one.type.map((type: string) => ({ ...one, type })) : [one],
  );

const describe = ({ type, const: value, enum: values }: JsonSchema): string =>
  JSON.stringify(value ?? values ?? type ?? 'anything');

function changesOfOne(before: JsonSchema, after: JsonSchema, at: string): string[] {
  if (!isSameType(before, after))
    return [`${at} was ${describe(before)} and is now ${describe(after)}`];
  return [
    ...changedValues(before, after, at),
    ...changedForms(before, after, at),
    ...widenedLimits(before, after, at),
    ...changedProperties(before, after, at),
    ...(before.items === undefined
      ? []
      : breakingChanges(before.items, after.items ?? {}, `${at}[]`)),
  ];
}

/** Accepts a whole number where any number was expected, and a fixed value of the same type. */
function isSameType(before: JsonSchema, after: JsonSchema): boolean {
  const [expected, actual] = [typeOf(before), typeOf(after)];
  return (
    expected === undefined || expected === actual || (expected === 'number' && actual === 'integer')
  );
}

function typeOf({ type, const: value, enum: values }: JsonSchema): unknown {
  if (type !== undefined) return type;
  const [sample] = value === undefined ? (values ?? []) : [value];
  return sample === undefined ? undefined : sample === null ? 'null' : typeof sample;
}

function changedValues(before: JsonSchema, after: JsonSchema, at: string): string[] {
  const expected = valuesOf(before);
  if (expected === undefined) return [];
  const possible = valuesOf(after);
  if (possible === undefined) return [`${at} may now be any value, not only ${describe(before)}`];
  const added = possible.filter((value) => !expected.includes(value));
  return added.length === 0 ? [] : [`${at} may now be ${JSON.stringify(added)}`];
}

const valuesOf = ({ const: value, enum: values }: JsonSchema): readonly unknown[] | undefined =>
  value === undefined ? values : [value];

function changedForms(before: JsonSchema, after: JsonSchema, at: string): string[] {
  return (['format', 'pattern'] as const)
    .filter((form) => before[form] !== undefined && before[form] !== after[form])
    .map((form) => `${at} had the ${form} ${before[form]} and has ${after[form] ?? 'none'} now`);
}

const upperLimits = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems'] as const;
const lowerLimits = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems'] as const;

function widenedLimits(before: JsonSchema, after: JsonSchema, at: string): string[] {
  const isWider = {
    upper: (name: (typeof upperLimits)[number]) =>
      (after[name] ?? Number.POSITIVE_INFINITY) > (before[name] ?? Number.POSITIVE_INFINITY),
    lower: (name: (typeof lowerLimits)[number]) =>
      (after[name] ?? Number.NEGATIVE_INFINITY) < (before[name] ?? Number.NEGATIVE_INFINITY),
  };
  return [...upperLimits.filter(isWider.upper), ...lowerLimits.filter(isWider.lower)].map(
    (name) => `${at} had ${name} ${before[name]} and has ${after[name] ?? 'none'} now`,
  );
}

function changedProperties(before: JsonSchema, after: JsonSchema, at: string): string[] {
  return Object.entries(before.properties ?? {}).flatMap(([name, expected]) => {
    const actual = after.properties?.[name];
    if (actual === undefined) return [`${at}.${name} was removed`];
    const isMissingNow = before.required?.includes(name) && !after.required?.includes(name);
    return [
      ...(isMissingNow ? [`${at}.${name} was always present and can be absent now`] : []),
      ...breakingChanges(expected, actual, `${at}.${name}`),
    ];
  });
}

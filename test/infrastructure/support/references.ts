import { type Resource, resources } from './stages.ts';

/** The value under a path of keys, or undefined where the path ends early. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined,
    value,
  );
}

/** The resource that a value in `from` names by Ref, Fn::GetAtt or, from another stack, Fn::ImportValue. */
export function resolve(from: Resource, value: unknown): Resource | undefined {
  const imported = at(value, 'Fn::ImportValue');
  if (typeof imported !== 'string')
    return named(from, from.stack, at(value, 'Ref') ?? at(value, 'Fn::GetAtt', 0));
  for (const [stack, { Outputs }] of Object.entries(from.stage.stacks)) {
    const output = Object.values(Outputs).find(({ Export }) => Export?.Name === imported);
    if (output)
      return named(from, stack, at(output.Value, 'Ref') ?? at(output.Value, 'Fn::GetAtt', 0));
  }
  return undefined;
}

function named({ stage }: Resource, stack: string, id: unknown): Resource | undefined {
  return resources.find((one) => one.stage === stage && one.stack === stack && one.id === id);
}

/** A value as one reads it: references by the ids of what they name, joined to one string. */
export function render(from: Resource, value: unknown): string {
  if (typeof value === 'string') return value;
  const parts = at(value, 'Fn::Join', 1);
  if (Array.isArray(parts)) return parts.map((part) => render(from, part)).join('');
  const substituted = at(value, 'Fn::Sub');
  if (typeof substituted === 'string') return substituted;
  const resource = resolve(from, value);
  return resource ? `<${resource.id}>` : `<${String(at(value, 'Ref') ?? JSON.stringify(value))}>`;
}

/** The function behind a value that names it, a version of it or an alias. */
export function functionIn(from: Resource, value: unknown): Resource | undefined {
  const found = resolve(from, value);
  return found?.Type === 'AWS::Lambda::Alias' || found?.Type === 'AWS::Lambda::Version'
    ? functionIn(found, found.Properties['FunctionName'])
    : found;
}

/** One or many, as CloudFormation takes both. */
export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** The file of a function's handler, under lambdas/. */
export function entryOf({ Properties }: Resource): string | undefined {
  return /\(lambdas\/(\S+)\)$/.exec(String(Properties['Description']))?.[1];
}

import { type Resource, resources } from './stages.ts';

/** Returns the value at a path of keys, or undefined if the path does not exist. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined,
    value,
  );
}

/** Finds the resource that a value in `from` names, in its own stack or in another one. */
export function resolve(from: Resource, value: unknown): Resource | undefined {
  const output = at(value, 'Fn::GetStackOutput');
  if (output !== undefined) return resolveOutput(from, output);
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

function resolveOutput(from: Resource, output: unknown): Resource | undefined {
  const stack = String(at(output, 'StackName'));
  const { Value } = from.stage.stacks[stack]?.Outputs[String(at(output, 'OutputName'))] ?? {};
  return named(from, stack, at(Value, 'Ref') ?? at(Value, 'Fn::GetAtt', 0));
}

function named({ stage }: Resource, stack: string, id: unknown): Resource | undefined {
  return resources.find(
    (resource) => resource.stage === stage && resource.stack === stack && resource.id === id,
  );
}

/** Renders a value as one string. References become `<id>` of the resource they name. */
export function render(from: Resource, value: unknown): string {
  if (typeof value === 'string') return value;
  const parts = at(value, 'Fn::Join', 1);
  if (Array.isArray(parts)) return parts.map((part) => render(from, part)).join('');
  // The name of a queue contains the first part of the stack's id.
  if (at(value, 'Fn::Select', 0) === 0 && JSON.stringify(value).includes('AWS::StackId'))
    return '<part of AWS::StackId>';
  const substituted = at(value, 'Fn::Sub');
  if (typeof substituted === 'string') return substituted;
  const resource = resolve(from, value);
  return resource ? `<${resource.id}>` : `<${String(at(value, 'Ref') ?? JSON.stringify(value))}>`;
}

/** Finds the function that a value names directly, by a version or by an alias. */
export function functionIn(from: Resource, value: unknown): Resource | undefined {
  const found = resolve(from, value);
  return found?.Type === 'AWS::Lambda::Alias' || found?.Type === 'AWS::Lambda::Version'
    ? functionIn(found, found.Properties['FunctionName'])
    : found;
}

/** Wraps a single value in a list, because CloudFormation accepts one value or a list. */
export const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** Returns the path of a function's handler under lambdas/, from its description. */
export function entryOf({ Properties }: Resource): string | undefined {
  return /\(lambdas\/(\S+)\)$/.exec(String(Properties['Description']))?.[1];
}

import { ACCOUNT_ID } from '../aws/account-id.ts';
import type { Assembly, Output, Resource, Stack } from './assembly.ts';

/** The account that fauxqs, too, believes it is. */

/** What CloudFormation knows of a resource once it exists. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `property` is the resolved value of one of the resource's own properties. */
export type Identify = (
  resource: Resource,
  region: string,
  property: (name: string) => unknown,
) => Identity;

export interface Template {
  readonly resources: readonly Resource[];
  readonly outputs: readonly (Output & { readonly stack: string })[];
  /** A value of this stack's template with every intrinsic function replaced by what it stands for. */
  resolve(stack: string, value: unknown): unknown;
  identity(resource: Resource): Identity;
}

type Arguments = Readonly<Record<string, unknown>>;

export function openTemplate({ stacks }: Assembly, identify: Identify): Template {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));

  const stackNamed = (name: string): Stack => {
    const stack = byName.get(name);
    if (stack === undefined) throw new Error(`There is no stack ${name}.`);
    return stack;
  };

  function resolve(stackName: string, value: unknown): unknown {
    if (Array.isArray(value))
      return value.map((item) => resolve(stackName, item)).filter((item) => item !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const [only, ...others] = Object.entries(value);
    if (
      only !== undefined &&
      others.length === 0 &&
      (only[0] === 'Ref' || only[0].startsWith('Fn::'))
    )
      return intrinsic(stackNamed(stackName), only[0], only[1]);
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, item]) => [key, resolve(stackName, item)] as const)
        .filter(([, item]) => item !== undefined),
    );
  }

  function intrinsic(stack: Stack, name: string, argument: unknown): unknown {
    const list = (value: unknown) => resolve(stack.name, value) as readonly unknown[];
    switch (name) {
      case 'Ref':
        return reference(stack, String(argument));
      case 'Fn::GetAtt': {
        const [id, ...attribute] =
          typeof argument === 'string' ? argument.split('.') : list(argument).map(String);
        return attributeOf(stack, String(id), attribute.join('.'));
      }
      case 'Fn::Join': {
        const [separator, items] = argument as readonly [string, unknown];
        return list(items).join(separator);
      }
      case 'Fn::Select': {
        const [index, items] = argument as readonly [number | string, unknown];
        return list(items)[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as readonly [string, unknown];
        return String(resolve(stack.name, text)).split(separator);
      }
      case 'Fn::Sub':
        return substitute(stack, argument);
      case 'Fn::ImportValue':
        return imported(String(resolve(stack.name, argument)));
      case 'Fn::GetStackOutput': {
        const { StackName, OutputName } = resolve(stack.name, argument) as Record<string, string>;
        return outputOf(stackNamed(String(StackName)), String(OutputName));
      }
      default:
        throw new Error(
          `${stack.name} uses ${name}, which local/cloudformation/template.ts does not know.`,
        );
    }
  }

  function reference(stack: Stack, id: string): unknown {
    if (id.startsWith('AWS::')) return pseudoParameter(stack, id);
    if (id in stack.parameters) return stack.parameters[id];
    return identityOf(find(stack, id)).ref;
  }

  function attributeOf(stack: Stack, id: string, attribute: string): string {
    const resource = find(stack, id);
    // What nobody here models still has a name of its own, so that a policy or an alarm can be resolved.
    return identityOf(resource).attributes[attribute] ?? `${stack.name}/${id}.${attribute}`;
  }

  function substitute(stack: Stack, argument: unknown): string {
    const [text, values] = (Array.isArray(argument)
      ? argument
      : [argument, {}]) as unknown as readonly [string, Arguments];
    return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in values) return String(resolve(stack.name, values[name]));
      return String(intrinsic(stack, name.includes('.') ? 'Fn::GetAtt' : 'Ref', name));
    });
  }

  function imported(name: string): unknown {
    for (const stack of stacks)
      for (const output of stack.outputs)
        if (output.exportName !== undefined && resolve(stack.name, output.exportName) === name)
          return resolve(stack.name, output.value);
    throw new Error(`No stack exports ${name}.`);
  }

  function outputOf(stack: Stack, id: string): unknown {
    const output = stack.outputs.find((candidate) => candidate.id === id);
    if (output === undefined) throw new Error(`${stack.name} has no output ${id}.`);
    return resolve(stack.name, output.value);
  }

  function identityOf(resource: Resource): Identity {
    const property = (name: string) => resolve(resource.stack, resource.properties[name]);
    return identify(resource, stackNamed(resource.stack).region, property);
  }

  return {
    resources: stacks.flatMap(({ resources }) => resources),
    outputs: stacks.flatMap(({ name, outputs }) =>
      outputs.map((output) => ({ ...output, stack: name })),
    ),
    resolve,
    identity: identityOf,
  };
}

function find(stack: Stack, id: string): Resource {
  const resource = stack.resources.find((candidate) => candidate.id === id);
  if (resource === undefined)
    throw new Error(`${stack.name} refers to ${id}, which it does not contain.`);
  return resource;
}

function pseudoParameter({ name, region }: Stack, id: string): string | undefined {
  switch (id) {
    case 'AWS::Region':
      return region;
    case 'AWS::AccountId':
      return ACCOUNT_ID;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return name;
    case 'AWS::StackId':
      return `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:stack/${name}/local`;
    case 'AWS::NoValue':
      return undefined;
    default:
      throw new Error(`${name} uses ${id}, which local/cloudformation/template.ts does not know.`);
  }
}

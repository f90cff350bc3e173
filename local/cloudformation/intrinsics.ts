import { ACCOUNT_ID } from '../aws/account-id.ts';
import type { Stack } from './assembly.ts';
import type { Identity } from './identities.ts';

/** Values that the intrinsic functions of one stack's template can refer to. */
export interface TemplateScope {
  readonly stack: Stack;
  /** Resolves every intrinsic function in a value of this template. */
  resolve(value: unknown): unknown;
  /** Returns the identity of a resource of this stack. */
  identity(resourceId: string): Identity;
  /** Returns the value that any stack exports under this name. */
  exportedValue(name: string): unknown;
  /** Returns an output of another stack. */
  outputOf(stackName: string, outputId: string): unknown;
}

type Intrinsic = (argument: unknown, scope: TemplateScope) => unknown;

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (id, scope) => reference(String(id), scope),
  'Fn::GetAtt': getAttribute,
  'Fn::Join': join,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::Sub': substitute,
  'Fn::ImportValue': (name, { resolve, exportedValue }) => exportedValue(String(resolve(name))),
  'Fn::GetStackOutput': getStackOutput,
};

/** Returns the name and argument of an intrinsic function, or undefined for any other value. */
export function intrinsicCall(
  value: object,
): readonly [name: string, argument: unknown] | undefined {
  const [only, ...others] = Object.entries(value);
  if (only === undefined || others.length > 0) return undefined;
  return only[0] === 'Ref' || only[0].startsWith('Fn::') ? only : undefined;
}

/** @throws for an intrinsic function that is not implemented here. */
export function callIntrinsic(name: string, argument: unknown, scope: TemplateScope): unknown {
  const intrinsic = intrinsics[name];
  if (intrinsic === undefined)
    throw new Error(
      `${scope.stack.name} uses ${name}, ` +
        'which local/cloudformation/intrinsics.ts does not implement.',
    );
  return intrinsic(argument, scope);
}

function reference(id: string, { stack, identity }: TemplateScope): unknown {
  if (id.startsWith('AWS::')) return pseudoParameter(stack, id);
  if (id in stack.parameters) return stack.parameters[id];
  return identity(id).ref;
}

function getAttribute(argument: unknown, { stack, resolve, identity }: TemplateScope): string {
  const [id = '', ...path] =
    typeof argument === 'string'
      ? argument.split('.')
      : (resolve(argument) as readonly unknown[]).map(String);
  const attribute = path.join('.');
  // Attributes that identities.ts does not define get a unique name, for policies and alarms.
  return identity(id).attributes[attribute] ?? `${stack.name}/${id}.${attribute}`;
}

function join(argument: unknown, { resolve }: TemplateScope): string {
  const [separator, items] = argument as readonly [string, unknown];
  return (resolve(items) as readonly unknown[]).join(separator);
}

function select(argument: unknown, { resolve }: TemplateScope): unknown {
  const [index, items] = argument as readonly [number | string, unknown];
  return (resolve(items) as readonly unknown[])[Number(index)];
}

function split(argument: unknown, { resolve }: TemplateScope): readonly string[] {
  const [separator, text] = argument as readonly [string, unknown];
  return String(resolve(text)).split(separator);
}

/** Accepts both forms of the argument: a text, or a text and a map of values. */
function substitute(argument: unknown, scope: TemplateScope): string {
  const [text, values] = (Array.isArray(argument)
    ? argument
    : [argument, {}]) as unknown as readonly [string, Readonly<Record<string, unknown>>];
  return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (name in values) return String(scope.resolve(values[name]));
    return String(callIntrinsic(name.includes('.') ? 'Fn::GetAtt' : 'Ref', name, scope));
  });
}

function getStackOutput(argument: unknown, { resolve, outputOf }: TemplateScope): unknown {
  const { StackName, OutputName } = resolve(argument) as Record<string, string>;
  return outputOf(String(StackName), String(OutputName));
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
      throw new Error(
        `${name} uses ${id}, which local/cloudformation/intrinsics.ts does not implement.`,
      );
  }
}

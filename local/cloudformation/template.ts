import type { Assembly, Output, Resource, Stack } from './assembly.ts';
import type { Identify, Identity } from './identities.ts';
import { callIntrinsic, intrinsicCall, type TemplateScope } from './intrinsics.ts';

export interface Template {
  readonly resources: readonly Resource[];
  readonly outputs: readonly (Output & { readonly stack: string })[];
  /** Replaces every intrinsic function in a value of this stack's template with its result. */
  resolve(stack: string, value: unknown): unknown;
  identity(resource: Resource): Identity;
}

export function openTemplate({ stacks }: Assembly, identify: Identify): Template {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));

  function stackNamed(name: string): Stack {
    const stack = byName.get(name);
    if (stack === undefined) throw new Error(`There is no stack ${name}.`);
    return stack;
  }

  function resolve(stackName: string, value: unknown): unknown {
    if (Array.isArray(value))
      return value.map((item) => resolve(stackName, item)).filter((item) => item !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const call = intrinsicCall(value);
    if (call !== undefined) return callIntrinsic(call[0], call[1], scopeOf(stackNamed(stackName)));
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, item]) => [key, resolve(stackName, item)] as const)
        .filter(([, item]) => item !== undefined),
    );
  }

  function scopeOf(stack: Stack): TemplateScope {
    return {
      stack,
      resolve: (value) => resolve(stack.name, value),
      identity: (resourceId) => identity(findResource(stack, resourceId)),
      exportedValue,
      outputOf: (stackName, outputId) => outputOf(stackNamed(stackName), outputId),
    };
  }

  function exportedValue(name: string): unknown {
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

  function identity(resource: Resource): Identity {
    const property = (name: string) => resolve(resource.stack, resource.properties[name]);
    return identify(resource, stackNamed(resource.stack).region, property);
  }

  return {
    resources: stacks.flatMap(({ resources }) => resources),
    outputs: stacks.flatMap(({ name, outputs }) =>
      outputs.map((output) => ({ ...output, stack: name })),
    ),
    resolve,
    identity,
  };
}

function findResource(stack: Stack, id: string): Resource {
  const resource = stack.resources.find((candidate) => candidate.id === id);
  if (resource === undefined)
    throw new Error(`${stack.name} refers to ${id}, which it does not contain.`);
  return resource;
}

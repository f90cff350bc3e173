import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { handlerEntryIn } from '../../lambdas/catalog/function-bundle.ts';
import type { Assembly } from './assembly.ts';
import type { Resources } from './resources.ts';

/** Bundle of a function on this machine. */
export interface CodeLocation {
  readonly directory: string;
  readonly file: string;
  /** Port on which a debugger attaches to the function. */
  readonly inspectPort?: number;
}

/** Properties of a function's resource that name its code. */
export interface CodeProperties {
  readonly Code: { readonly S3Key: string };
  readonly Handler: string;
  readonly Description: string;
}

/** Finds the bundle of a function. */
export type FunctionCode = (properties: CodeProperties) => CodeLocation;

/** Finds the bundles that the assembly contains. */
export const codeOfAssembly =
  (assembly: Assembly): FunctionCode =>
  ({ Code, Handler }) =>
    locateCode(assembly.bundle(Code.S3Key), Handler);

/** Finds the same bundles by the entry of a function, also for later templates without bundles. */
export function codeByEntry(
  resources: Pick<Resources, 'ofType'>,
  code: FunctionCode,
): ReadonlyMap<string, CodeLocation> {
  return new Map(
    resources
      .ofType('AWS::Lambda::Function')
      .map(({ properties }) => [entryOf(properties), code(properties)]),
  );
}

export function locateCode(directory: string, handler: string): CodeLocation {
  const [name = 'index'] = handler.split('.');
  const file = ['mjs', 'js', 'cjs']
    .map((ending) => join(directory, `${name}.${ending}`))
    .find((path) => existsSync(path));
  if (file === undefined) throw new Error(`There is no ${name}.mjs or ${name}.js in ${directory}.`);
  return { directory, file };
}

/** Returns the path of the handler's file from the root of the project. */
export function entryOf({ Description }: CodeProperties): string {
  const entry = handlerEntryIn(Description);
  if (entry === undefined)
    throw new Error(`The description of a function names no handler: '${Description}'.`);
  return `lambdas/${entry}`;
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanups } from './cleanups.ts';
import { labelOf } from './cloudformation/deploy-functions.ts';
import { codeByEntry, entryOf, type FunctionCode } from './cloudformation/function-code.ts';
import { migrationsFolder } from './cloudformation/migrations-folder.ts';
import type { Resources } from './cloudformation/resources.ts';
import type { Deployment } from './deployment.ts';
import type { InspectOptions, LocalOptions } from './local-instance.ts';
import type { Reporter } from './reporter.ts';
import type { LocalServices } from './services.ts';
import { UserError } from './user-error.ts';
import {
  type FunctionBundles,
  type InspectedFunction,
  makeFunctionBundles,
} from './watch/function-bundles.ts';
import { startWatch } from './watch/watch.ts';

interface CodeOptions extends Pick<LocalOptions, 'stateDirectory' | 'watch' | 'inspect'> {
  readonly project: string;
  readonly reporter: Reporter;
}

export interface PreparedCode {
  /** Finds the bundle of each function. */
  readonly code: FunctionCode;
  /** Applies edits of the sources from now on, if the options say so. */
  watch(deployment: Deployment): void;
}

/** Returns the bundles of the assembly, and a bundle for the debugger of the inspected function. */
export async function prepareCode(
  options: CodeOptions,
  services: LocalServices,
  cleanups: Cleanups,
): Promise<PreparedCode> {
  const { project, reporter, watch = false } = options;
  const { resources, code } = services.context;
  const directory = join(options.stateDirectory, 'watch');
  rmSync(directory, { recursive: true, force: true });
  const base = codeByEntry(resources, code);
  const inspected = options.inspect && selectInspected(options.inspect, resources);
  const bundles = makeFunctionBundles({
    project,
    directory: join(directory, 'bundles'),
    base,
    inspected,
  });
  cleanups.add(async () => rmSync(directory, { recursive: true, force: true }));
  if (inspected) await bundleInspected(bundles, inspected);
  const migrations = [...base].flatMap(([entry, location]) =>
    migrationsFolder(location.directory) === undefined ? [] : [entry],
  );
  return {
    code: bundles.code,
    watch(deployment) {
      if (!watch) return;
      const watching = startWatch({
        project,
        directory,
        stage: 'dev',
        deployment,
        services,
        bundles,
        entries: [...base.keys()],
        migrations,
        reporter,
      });
      cleanups.add(() => watching.stop());
    },
  };
}

function selectInspected(
  { port, select }: InspectOptions,
  resources: Resources,
): InspectedFunction {
  const functions = resources.ofType('AWS::Lambda::Function');
  const name = select(functions.map(({ id }) => labelOf(id)));
  const selected = functions.find(({ id }) => labelOf(id) === name);
  if (selected === undefined) throw new UserError(`There is no function ${name}.`);
  return { entry: entryOf(selected.properties), port };
}

/** Bundles the function for a debugger: not minified and with a source map. */
async function bundleInspected(
  bundles: FunctionBundles,
  { entry }: InspectedFunction,
): Promise<void> {
  const bundling = await bundles.build([entry]);
  if (bundling.kind === 'failed')
    throw new UserError(`${entry}: ${bundling.errors.map(({ text }) => text).join('; ')}`);
  bundles.install(bundling.bundles);
}

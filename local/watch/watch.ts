import { join } from 'node:path';
import type { Deployment } from '../deployment.ts';
import type { Reporter } from '../reporter.ts';
import type { LocalServices } from '../services.ts';
import { readAppFiles } from './app-files.ts';
import { APP_ENTRIES, applyApp } from './apply-app.ts';
import { allEntries, applyCode } from './apply-code.ts';
import { type FunctionBundles, readBundledFiles } from './function-bundles.ts';
import { planChange, type WatchedFiles } from './plan-change.ts';
import { makeBatches } from './serial.ts';
import { watchSources } from './source-watcher.ts';
import { makeTypeChecker } from './type-check.ts';

export interface WatchOptions {
  readonly project: string;
  /** Folder for files of the watch. */
  readonly directory: string;
  readonly stage: string;
  readonly deployment: Deployment;
  readonly services: Pick<LocalServices, 'openTemplate'>;
  readonly bundles: FunctionBundles;
  /** Entries of all functions, from the root of the project. */
  readonly entries: readonly string[];
  readonly migrations: readonly string[];
  readonly reporter: Reporter;
}

export interface Watch {
  stop(): Promise<void>;
}

const SOURCES =
  'bin lib lambdas migrations docs local cli console ' +
  'cdk.json package.json package-lock.json tsconfig.json';

/** Applies each edit to the running instance: of code in a second, of the CDK app in seconds. */
export function startWatch(options: WatchOptions): Watch {
  const { project, directory, reporter } = options;
  const stopping = new AbortController();
  const files: WatchedFiles = {
    functions: new Map(),
    app: new Set(),
    failed: new Set(),
    migrations: new Set(options.migrations),
  };
  const { signal } = stopping;
  const types = makeTypeChecker({ project, directory: join(directory, 'types'), signal });
  const ready = readFiles(options, files);
  // The first check of an entry point is the longest, because it remembers nothing.
  void ready
    .then(() => types.check(allEntries(files)))
    .then(() => types.check(APP_ENTRIES))
    .catch(() => {});

  const parts = { ...options, files, types, signal };
  const code = makeBatches((entries: readonly string[]) => applyCode(parts, entries));
  const app = makeBatches(() => applyApp({ ...parts, directory: join(directory, 'app'), code }));
  const watcher = watchSources({
    project,
    sources: SOURCES.split(' '),
    async onChange(paths) {
      await ready;
      const plan = planChange(paths, files);
      code.add(plan.entries);
      if (plan.synthesize) app.add(['app']);
      for (const path of plan.restart)
        reporter.print(`${path} has changed. Stop and start npm start to use it.`);
    },
  });
  return {
    async stop() {
      watcher.stop();
      stopping.abort();
      await Promise.all([ready, code.idle(), app.idle()]);
    },
  };
}

/** Reads the files in the background. An edit before the end waits for it. */
async function readFiles(
  { project, entries, reporter }: WatchOptions,
  files: WatchedFiles,
): Promise<void> {
  try {
    const [functions, app] = await Promise.all([
      readBundledFiles(project, entries),
      readAppFiles(project),
    ]);
    for (const [entry, contained] of functions) files.functions.set(entry, contained);
    for (const path of app) files.app.add(path);
  } catch (error) {
    // Every edit of a handler then bundles all functions.
    for (const entry of entries) {
      files.functions.set(entry, new Set([entry]));
      files.failed.add(entry);
    }
    reporter.warn(`The watch cannot read all files: ${(error as Error).message}`);
  }
}

import { cpSync, existsSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BuildResult, Message } from 'esbuild';
import { functionBundle } from '../../lambdas/catalog/function-bundle.ts';
import {
  type CodeLocation,
  entryOf,
  type FunctionCode,
  locateCode,
} from '../cloudformation/function-code.ts';
import { migrationsFolder } from '../cloudformation/migrations-folder.ts';

/** A function that a debugger attaches to. */
export interface InspectedFunction {
  readonly entry: string;
  readonly port: number;
}

export interface FunctionBundlesOptions {
  readonly project: string;
  /** Folder for the bundles. */
  readonly directory: string;
  /** Bundles of the assembly, by the entries of their functions. */
  readonly base: ReadonlyMap<string, CodeLocation>;
  readonly inspected?: InspectedFunction | undefined;
}

export type Bundling =
  | { readonly kind: 'built'; readonly bundles: ReadonlyMap<string, Bundle> }
  | { readonly kind: 'failed'; readonly errors: readonly Message[] };

export interface Bundle {
  readonly directory: string;
  /** Files of the project in the bundle. */
  readonly files: ReadonlySet<string>;
}

/** Bundles of functions: those of the assembly, and those that were built since. */
export interface FunctionBundles {
  /** Finds the latest bundle of a function. */
  readonly code: FunctionCode;
  /** @param entries Paths of handlers from the root of the project. */
  build(entries: readonly string[]): Promise<Bundling>;
  /** Makes these bundles the latest ones. */
  install(bundles: ReadonlyMap<string, Bundle>): void;
}

/** The latest bundle, and the one before, which a running invocation may still read. */
const KEPT_BUNDLES = 2;

const CODE_FILES = new Set(['index.mjs', 'index.mjs.map']);

export function makeFunctionBundles(options: FunctionBundlesOptions): FunctionBundles {
  const { directory, base, inspected } = options;
  const built = new Map<string, readonly string[]>();
  let builds = 0;

  const directoryOf = (entry: string) => built.get(entry)?.at(-1) ?? base.get(entry)?.directory;
  const codeOf: FunctionCode = (properties) => {
    const entry = entryOf(properties);
    const latest = directoryOf(entry);
    if (latest === undefined) throw new Error(`There is no bundle of ${entry}.`);
    const location = locateCode(latest, properties.Handler);
    return entry === inspected?.entry ? { ...location, inspectPort: inspected.port } : location;
  };

  return {
    code: codeOf,
    async build(paths) {
      builds += 1;
      const entries = new Map(paths.map((entry) => [entry, directoryOf(entry)]));
      const target = join(directory, String(builds));
      const groups = groupByOptions(entries, inspected?.entry);
      const results = await Promise.all(
        groups.map((group) => runEsbuild(options.project, target, group).catch(asFailure)),
      );
      const errors = results.flatMap((result) => result.errors);
      if (errors.length > 0) return { kind: 'failed', errors };
      const outputs = results.flatMap((result) => [...bundlesOf(result, options.project)]);
      for (const [entry, bundle] of outputs)
        copyOtherFiles(options.project, entries.get(entry), bundle.directory);
      for (const { outputFiles = [] } of results)
        for (const { path, contents } of outputFiles) writeFileSync(path, contents);
      return { kind: 'built', bundles: new Map(outputs) };
    },
    install(bundles) {
      for (const [entry, bundle] of bundles) {
        const all = [...(built.get(entry) ?? []), bundle.directory];
        for (const old of all.slice(0, -KEPT_BUNDLES)) rmSync(old, { recursive: true });
        built.set(entry, all.slice(-KEPT_BUNDLES));
      }
    },
  };
}

interface BuildGroup {
  readonly entries: readonly string[];
  readonly sourcemap: boolean;
  readonly minify: boolean;
}

/** Reads which files of the project each bundle contains, and writes nothing. */
export async function readBundledFiles(
  project: string,
  entries: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const group = { entries, sourcemap: false, minify: false };
  const result = await runEsbuild(project, join(project, 'unwritten'), group);
  return new Map([...bundlesOf(result, project)].map(([entry, { files }]) => [entry, files]));
}

/** Functions with the same options share one build, which reads their common files once. */
function groupByOptions(
  entries: ReadonlyMap<string, string | undefined>,
  inspected: string | undefined,
): readonly BuildGroup[] {
  const hasMap = (base: string | undefined) =>
    base === undefined || existsSync(join(base, 'index.mjs.map'));
  const plain = [...entries].filter(([entry]) => entry !== inspected);
  const named = (mapped: boolean) =>
    plain.flatMap(([entry, base]) => (hasMap(base) === mapped ? [entry] : []));
  return [
    { entries: named(true), sourcemap: true, minify: true },
    { entries: named(false), sourcemap: false, minify: true },
    // A debugger shows the names of the source.
    {
      entries: [...entries.keys()].filter((entry) => entry === inspected),
      sourcemap: true,
      minify: false,
    },
  ].filter((group) => group.entries.length > 0);
}

async function runEsbuild(
  project: string,
  directory: string,
  { entries, sourcemap, minify }: BuildGroup,
): Promise<BuildResult> {
  const { build } = await import('esbuild');
  const { banner, mainFields, ...bundle } = functionBundle;
  return build({
    ...bundle,
    minify,
    sourcemap,
    mainFields: [...mainFields],
    banner: { js: banner },
    absWorkingDir: project,
    entryPoints: entries.map((entry) => ({ in: entry, out: `${folderName(entry)}/index` })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
}

/** `lambdas/providers/mux/process.handler.ts` becomes `providers-mux-process`. */
const folderName = (entry: string) =>
  join(dirname(entry), basename(entry, '.handler.ts'))
    .replace(/^lambdas\//, '')
    .replaceAll('/', '-');

/** @throws if the error is none of esbuild's. */
function asFailure(error: unknown): Pick<BuildResult, 'errors'> & Partial<BuildResult> {
  const { errors } = error as { errors?: Message[] };
  if (errors === undefined) throw error;
  return { errors };
}

function* bundlesOf(
  { metafile }: Partial<BuildResult>,
  project: string,
): Generator<readonly [string, Bundle]> {
  for (const [path, { entryPoint, inputs }] of Object.entries(metafile?.outputs ?? {}))
    if (entryPoint !== undefined)
      yield [
        entryPoint,
        { directory: dirname(join(project, path)), files: new Set(Object.keys(inputs)) },
      ];
}

/** Copies the files that a bundle has beside its code, such as fonts and migrations. */
function copyOtherFiles(project: string, from: string | undefined, to: string): void {
  mkdirSync(to, { recursive: true });
  if (from === undefined) return;
  cpSync(from, to, { recursive: true, filter: (path) => !CODE_FILES.has(basename(path)) });
  const migrations = migrationsFolder(to);
  if (migrations === undefined) return;
  for (const file of globSync('*.sql', { cwd: migrations })) rmSync(join(migrations, file));
  for (const file of globSync('migrations/[0-9]*.sql', { cwd: project }))
    cpSync(join(project, file), join(to, file));
}

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { UserError } from '../user-error.ts';

export interface Synthesis {
  /** Cloud assembly, named after the hash of its sources; never changes. */
  readonly directory: string;
  readonly reused: boolean;
}

export interface SynthesisOptions {
  readonly project: string;
  readonly cache: string;
  readonly stage: string;
}

/** Files and folders that determine the assembly. */
const SOURCES = [
  'bin',
  'lib',
  'lambdas',
  'migrations',
  'docs/runbook.md',
  'cdk.json',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];
/** More than one, because tests and a running instance may use different sources. */
const KEPT_ASSEMBLIES = 6;

/** Writes the assembly of `cdk deploy`, or reuses one from the same sources. */
export async function synthesize(options: SynthesisOptions): Promise<Synthesis> {
  const { project, cache, stage } = options;
  const directory = assemblyDirectory(options);
  if (existsSync(join(directory, 'manifest.json'))) {
    utimesSync(directory, new Date(), new Date());
    return { directory, reused: true };
  }

  mkdirSync(cache, { recursive: true });
  const unfinished = `${directory}.${process.pid}`;
  await runApp({ project, directory: unfinished, context: { stage } });
  storeAssembly(directory, unfinished);
  return { directory, reused: false };
}

/** Returns where the assembly of these sources is, once it is written. */
export function assemblyDirectory({ project, cache, stage }: SynthesisOptions): string {
  const hash = createHash('sha256').update(`${stage}\n${process.version}\n`);
  for (const source of SOURCES) addToHash(hash, project, source);
  return join(cache, hash.digest('hex').slice(0, 16));
}

export interface TemplateOptions extends Omit<SynthesisOptions, 'cache'> {
  readonly directory: string;
  /** Ends the app. */
  readonly signal: AbortSignal;
}

/** https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/lib/app.ts */
export const withoutBundles = { 'aws:cdk:bundling-stacks': [] };

/**
 * Skips the rules of CloudFormation, which take 4 s. The tests and each deploy apply them.
 * https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/core/lib/app.ts
 */
export const withoutValidation = { CDK_VALIDATION: 'false' };

/**
 * Writes the templates without the bundles, which takes a fraction of the time. The templates name
 * bundles that do not exist.
 * @throws UserError with the output of the app.
 */
export async function synthesizeTemplates({
  project,
  directory,
  stage,
  signal,
}: TemplateOptions): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  const context = { stage, ...withoutBundles };
  await runApp({ project, directory, context, signal });
}

/** Moves a complete assembly to its place in the cache, and removes the oldest others. */
export function storeAssembly(directory: string, unfinished: string): void {
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    // Another process has written the same assembly in the meantime.
    if (!existsSync(join(directory, 'manifest.json'))) throw error;
    rmSync(unfinished, { recursive: true });
  }
  removeOldest(dirname(directory));
}

function addToHash(hash: ReturnType<typeof createHash>, project: string, path: string): void {
  const full = join(project, path);
  if (!existsSync(full)) return;
  if (!statSync(full).isDirectory()) {
    hash.update(`${path}\n`).update(readFileSync(full));
    return;
  }
  for (const entry of readdirSync(full).sort()) addToHash(hash, project, `${path}/${entry}`);
}

/**
 * Returns the search path for bundling. CDK runs `npx --no-install esbuild` for each function, and
 * npm takes 0.6 s to find that program; the npx that comes first here takes none.
 */
export const bundlingPath = (project: string): string =>
  [
    join(import.meta.dirname, 'bin'),
    join(project, 'node_modules', '.bin'),
    process.env['PATH'] ?? '',
  ].join(delimiter);

interface AppRun {
  readonly project: string;
  readonly directory: string;
  /** Context beside that of cdk.json. */
  readonly context: object;
  readonly signal?: AbortSignal | undefined;
}

async function runApp({ project, directory, context, signal }: AppRun): Promise<void> {
  const app = spawn(process.execPath, ['bin/app.ts'], {
    cwd: project,
    env: {
      ...process.env,
      ...withoutValidation,
      PATH: bundlingPath(project),
      // Loads the CDK in half a second less.
      NODE_COMPILE_CACHE: join(project, '.local', 'compile-cache'),
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify({ ...readContext(project), ...context }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  let output = '';
  for (const stream of [app.stdout, app.stderr])
    stream.on('data', (chunk) => {
      output = `${output}${chunk}`.slice(-8_000);
    });
  const code = await new Promise((resolve, reject) => {
    app.once('error', reject);
    app.once('close', resolve);
  });
  if (code === 0) return;
  rmSync(directory, { recursive: true, force: true });
  throw new UserError(`Synthesis failed. Output of \`node bin/app.ts\`:\n${output.trim()}`);
}

function readContext(project: string): object | undefined {
  try {
    return JSON.parse(readFileSync(join(project, 'cdk.json'), 'utf8')).context;
  } catch (error) {
    throw new UserError(`cdk.json cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function removeOldest(cache: string): void {
  const byAge = readdirSync(cache)
    .map((name) => ({ path: join(cache, name), usedAt: usedAt(join(cache, name)) }))
    .sort((a, b) => b.usedAt - a.usedAt);
  for (const { path } of byAge.slice(KEPT_ASSEMBLIES))
    rmSync(path, { recursive: true, force: true });
}

/** Returns the present time for a file that another process has just renamed or removed. */
const usedAt = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();

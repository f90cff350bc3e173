import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { type Assembly, readAssembly } from '../local/cloudformation/assembly.ts';
import { synthesize } from '../local/cloudformation/synthesize.ts';
import { assemblyCache } from '../local/running-instance.ts';

const root = join(import.meta.dirname, '..');

export interface Bundle {
  readonly file: string;
  readonly bytes: number;
  /** What the template says of it, as far as it is no reference. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface DeployedBundle extends Bundle {
  readonly memoryMb: number;
}

export type FindDeployed = (entry: string) => DeployedBundle;

/** The bundles that a deploy uploads, by their entry under lambdas/. */
export async function openDeployed(): Promise<FindDeployed> {
  const { directory } = await synthesize({ project: root, cache: assemblyCache, stage: 'dev' });
  const assembly = readAssembly(directory);
  return (entry) => deployed(assembly, entry);
}

interface FunctionProperties {
  readonly MemorySize: number;
  readonly Code: { readonly S3Key: string };
  readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> };
}

function deployed(assembly: Assembly, entry: string): DeployedBundle {
  const found = assembly.stacks
    .flatMap(({ resources }) => resources)
    .find(({ properties }) => String(properties['Description']).endsWith(`(lambdas/${entry})`));
  if (found === undefined) throw new Error(`No function of the template is lambdas/${entry}.`);
  const {
    Code,
    Environment,
    MemorySize: memoryMb,
  } = found.properties as unknown as FunctionProperties;
  const variables = Object.entries(Environment?.Variables ?? {});
  const known = variables.filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  const file = join(assembly.bundle(Code.S3Key), 'index.mjs');
  return { file, bytes: statSync(file).size, memoryMb, environment: Object.fromEntries(known) };
}

/** What lib/node-function.ts has every function bundled with; `sameAs` holds the two together. */
export const likeOurs: BuildOptions = {
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: {
    js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
  },
};

/** As one gets it who sets nothing but that it be small. */
export const likeMost: BuildOptions = { format: 'cjs', target: 'node24', minify: true };

/** @param entry From the root of the project. */
export async function makeBundle(
  entry: string,
  directory: string,
  name: string,
  options: BuildOptions,
): Promise<Bundle> {
  const file = join(directory, `${name}.${options.format === 'cjs' ? 'cjs' : 'mjs'}`);
  await build({
    ...options,
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    outfile: file,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  return { file, bytes: statSync(file).size, environment: {} };
}

/** @throws where a bundle of the same source is not made as the deployed one is: what differs would be compared too. */
export function sameAs(one: Bundle, other: Bundle): void {
  if (!readFileSync(one.file).equals(readFileSync(other.file)))
    throw new Error(
      `${one.file} and ${other.file} are bundles of one source and differ: see bench/bundles.ts.`,
    );
}

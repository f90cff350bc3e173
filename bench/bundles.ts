import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { readAssembly } from '../local/cloudformation/assembly.ts';
import { synthesize } from '../local/cloudformation/synthesize.ts';
import { assemblyCache } from '../local/running-instance.ts';

const root = join(import.meta.dirname, '..');

interface Properties {
  readonly Code: { readonly S3Key: string };
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
}

/** Synthesizes the stack. @returns a function that finds the uploaded bundle of an entry. */
export async function openDeployed() {
  const { directory } = await synthesize({ project: root, cache: assemblyCache, stage: 'dev' });
  const assembly = readAssembly(directory);
  const resources = assembly.stacks.flatMap((stack) => stack.resources);
  return function findDeployed(entry: string) {
    const found = resources.find(({ properties }) =>
      String(properties['Description']).endsWith(`(lambdas/${entry})`),
    );
    if (found === undefined) throw new Error(`The template has no function lambdas/${entry}.`);
    const { Code, Environment } = found.properties as unknown as Properties;
    const file = join(assembly.bundle(Code.S3Key), 'index.mjs');
    return { file, environment: Environment.Variables };
  };
}

/** The options of lib/node-function.ts. */
const deployedOptions: BuildOptions = {
  format: 'esm',
  mainFields: ['module', 'main'],
  banner: {
    js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);",
  },
};

/** Bundles a file of bench/. @returns the path of the bundle. */
export async function makeBundle(
  entry: string,
  directory: string,
  options = deployedOptions,
): Promise<string> {
  const name = entry.replaceAll(/\W/g, '-');
  const outfile = join(directory, `${name}.${options.format === 'cjs' ? 'cjs' : 'mjs'}`);
  await build({
    ...options,
    entryPoints: [join(import.meta.dirname, entry)],
    absWorkingDir: root,
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  return outfile;
}

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { providers } from '../../lambdas/catalog/providers.ts';
import { locateCode } from '../../local/cloudformation/function-code.ts';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';
import { makeFunctionBundles } from '../../local/watch/function-bundles.ts';
import { functions } from './support/our-functions.ts';
import { at, entryOf, render } from './support/references.ts';
import { projectRoot } from './support/synthesize.ts';

const bundles = functions
  .filter(({ stage }) => stage.stage === 'dev')
  .map((one) => {
    const hash = render(one, at(one.Properties, 'Code', 'S3Key')).replace('.zip', '');
    return {
      entry: entryOf(one) ?? one.id,
      one,
      directory: join(one.stage.directory, `asset.${hash}`),
    };
  });

const verifiers = providers.map((provider) => `providers/${provider}/verify.handler.ts`);

test.each(bundles)(
  '$entry is one ES module that starts with its deployed environment',
  async (bundle) => {
    const variables = Object.entries(at(bundle.one.Properties, 'Environment', 'Variables') ?? {});
    const env = Object.fromEntries(
      variables.map(([name, value]) => [name, startable(render(bundle.one, value))]),
    );
    // Runs outside node_modules, so that everything must be in the bundle.
    const module = JSON.stringify(join(bundle.directory, 'index.mjs'));
    const program = `const { handler } = await import(${module});
    console.log(typeof handler);
    process.exit();`;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', program],
      {
        cwd: bundle.directory,
        env: { ...env, ...lambda },
      },
    );

    expect({ stdout, stderr }).toEqual({ stdout: 'function\n', stderr: '' });
  },
);

test.each(verifiers)(
  '%s has at most 60 KiB, because the provider waits for its cold start',
  (entry) => {
    const { directory } = bundles.find((one) => one.entry === entry) ?? {};

    expect(statSync(join(directory ?? 'no bundle', 'index.mjs')).size).toBeLessThanOrEqual(
      60 * 1024,
    );
    expect(readdirSync(directory ?? 'no bundle')).toEqual(['index.mjs']);
  },
);

test('the watch of local mode builds the bundles that a deploy uploads', async () => {
  const watch = makeTemporaryDirectory('watch');
  const processors = providers.map((provider) => `providers/${provider}/process.handler.ts`);
  const compared = bundles.filter(({ entry }) => [...verifiers, ...processors].includes(entry));
  const base = compared.map(({ entry, directory }) => {
    return [`lambdas/${entry}`, locateCode(directory, 'index.handler')] as const;
  });
  const watched = makeFunctionBundles({
    project: projectRoot,
    directory: watch.path,
    base: new Map(base),
  });

  const built = await watched.build(base.map(([entry]) => entry));

  const contentOf = (directory: string | undefined) =>
    readFileSync(join(directory ?? 'no bundle', 'index.mjs'), 'utf8');
  expect(compared.length).toBe(2 * providers.length);
  for (const { entry, directory } of compared)
    expect(
      contentOf(
        built.kind === 'built' ? built.bundles.get(`lambdas/${entry}`)?.directory : undefined,
      ) === contentOf(directory),
    ).toBe(true);
  watch.remove();
});

test.each(verifiers)('%s contains no package, so no SDK', async (entry) => {
  const { metafile } = await build({
    entryPoints: [join(projectRoot, 'lambdas', entry)],
    absWorkingDir: projectRoot,
    bundle: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
  });
  const packages = Object.keys(metafile.inputs)
    .map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(file)?.[1])
    .filter((name) => name !== undefined);

  expect(packages).toEqual([]);
  expect(
    Object.keys(metafile.inputs).filter((file) => file.startsWith('lambdas/platform/postgres/')),
  ).toEqual([]);
});

test('the bundle of the migrating function contains the migrations', () => {
  const migrate = bundles.find(({ entry }) => entry === 'platform/postgres/migrate.handler.ts');
  const bundled = join(migrate?.directory ?? 'no bundle', 'migrations');
  const inRepository = join(projectRoot, 'migrations');
  const files = readdirSync(inRepository).filter((file) => /^\d.*\.sql$/.test(file));

  expect(files).not.toEqual([]);
  expect(readdirSync(bundled).sort()).toEqual(files.sort());
  for (const file of files)
    expect(readFileSync(join(bundled, file))).toEqual(readFileSync(join(inRepository, file)));
});

/** Variables that Lambda sets for every function. */
const lambda = {
  AWS_REGION: 'ap-southeast-2',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_LAMBDA_FUNCTION_NAME: 'startup',
};

/** Replaces references, which only CloudFormation resolves, by URLs, because queues need URLs. */
const startable = (value: string) =>
  value.replace(/<(\w+)>/g, 'https://sqs.ap-southeast-2.amazonaws.com/0/$1');

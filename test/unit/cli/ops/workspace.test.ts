import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { sourcesUnder } from '../../../support/source.ts';

interface PackageJson {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = (path: string): PackageJson => JSON.parse(readFileSync(path, 'utf8'));
const root = read('package.json');
const ops = read('cli/ops/package.json');

/** Collects the packages that a file and the files behind it import at run time. */
function packagesOf(...entries: readonly string[]): readonly string[] {
  const sources = new Map(
    ['cli', 'local', 'console', 'lambdas'].flatMap((folder) =>
      sourcesUnder(folder).map((source) => [source.path, source] as const),
    ),
  );
  const reached = new Set<string>();
  const visit = (path: string) => {
    // Programs are loaded one by one, when they are typed. The doctor synthesizes the CDK app, and
    // the console bundles its page, so both load their parts only in a whole checkout.
    const isLoadedLater = path === 'cli/programs.ts' || /^cli\/ops\/(doctor|console)\//.test(path);
    if (reached.has(path) || isLoadedLater) return;
    reached.add(path);
    for (const { target, atRuntime } of sources.get(path)?.imports ?? [])
      if (atRuntime) visit(target);
  };
  for (const entry of entries) visit(entry);
  return [...reached].filter((target) => !sources.has(target) && !target.startsWith('node:'));
}

test('the commands of operators import only packages of their workspace', () => {
  const imported = packagesOf(
    'cli/main.ts',
    'cli/run-main.ts',
    'cli/ops/ops-program.ts',
    'cli/smoke/smoke-program.ts',
  );
  const names = imported
    .filter((target) => !target.endsWith('.json'))
    .map((target) => /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target);

  expect(names).toEqual(expect.arrayContaining(['commander', 'cli-table3', 'zod']));
  expect([...new Set(names)].filter((name) => !(name in (ops.dependencies ?? {})))).toEqual([]);
});

test('the workspace has the versions of the root', () => {
  const known = { ...root.devDependencies, ...root.dependencies, ...root.optionalDependencies };
  const own = { ...ops.dependencies, ...ops.optionalDependencies };

  expect(Object.keys(own)).not.toEqual([]);
  expect(own).toEqual(Object.fromEntries(Object.keys(own).map((name) => [name, known[name]])));
});

test('the workspace does not install the CDK app', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, PackageJson>>;
  };
  const installed = new Set<string>();
  const visit = (name: string) => {
    if (installed.has(name)) return;
    installed.add(name);
    const { dependencies = {} } = lock.packages[`node_modules/${name}`] ?? {};
    for (const dependency of Object.keys(dependencies)) visit(dependency);
  };
  for (const name of Object.keys(ops.dependencies ?? {})) visit(name);

  expect(installed.size).toBeGreaterThan(10);
  expect(installed.size).toBeLessThan(60);
  expect([...installed].filter((name) => /cdk|jest|esbuild|postgres/.test(name))).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const manifest = read('package.json');
const locked: Readonly<Record<string, { hasInstallScript?: boolean; resolved?: string }>> =
  read('package-lock.json').packages;

test('decides for each package with an install script whether npm may run it', () => {
  const asking = Object.entries(locked)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.split('node_modules/').at(-1));

  expect(asking).toContain('esbuild');
  expect(asking.filter((name) => !(String(name) in manifest.allowScripts))).toEqual([]);
});

test('pins the exact version of every direct dependency', () => {
  const versions = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries<string>(manifest[kind]),
  );

  expect(versions.length).toBeGreaterThan(40);
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

const nvmrc = readFileSync('.nvmrc', 'utf8').trim();

test('.nvmrc names an exact version of the Node.js that the functions run on', () => {
  const functions = readFileSync('lib/node-function.ts', 'utf8');

  expect(nvmrc).toMatch(/^\d+\.\d+\.\d+$/);
  expect(functions).toContain(`NODEJS_${nvmrc.split('.')[0]}_X`);
});

test('README, engines and the check at each start name the same oldest Node.js', () => {
  const [, version = 'none'] = /^>=(\d+\.\d+)$/.exec(manifest.engines.node) ?? [];
  const [major, minor] = version.split('.');

  expect(readFileSync('README.md', 'utf8')).toContain(`Node.js ${version} or newer`);
  expect(readFileSync('cli/require-node.cjs', 'utf8')).toContain(
    `major < ${major} || (major === ${major} && minor < ${minor})`,
  );
});

test.each(['package.json', 'cli/ops/package.json'])(
  '%s installs only the Node.js of .nvmrc',
  (path) => {
    const versions = Object.entries<string>(read(path).optionalDependencies).filter(([name]) =>
      name.startsWith('node-'),
    );

    expect(versions).not.toEqual([]);
    expect(new Set(versions.map(([, version]) => version))).toEqual(new Set([nvmrc]));
  },
);

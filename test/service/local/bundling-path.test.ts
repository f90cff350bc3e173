import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, expect, test } from '@jest/globals';
import { bundlingPath } from '../../../local/cloudformation/synthesize.ts';
import { makeTemporaryDirectory } from '../../../local/temporary-directory.ts';

const home = makeTemporaryDirectory('npx');
afterAll(() => home.remove());

const direct = bundlingPath(process.cwd());
const inPath = (path: string) =>
  ({ env: { PATH: path, HOME: home.path }, encoding: 'utf8' }) as const;

test('the direct npx runs the esbuild that npm finds, without a network', () => {
  const version = (path: string) =>
    execFileSync('npx', ['--no-install', 'esbuild', '--version'], inPath(path));

  expect(version(direct)).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(version(direct)).toBe(version(process.env['PATH'] ?? ''));
});

test('the direct npx passes arguments with spaces, and the exit code', () => {
  const script = 'console.log(process.argv[1]); process.exit(7)';

  const { status, stdout } = spawnSync(
    'npx',
    ['--no-install', 'node', '-e', script, 'two words'],
    inPath(direct),
  );

  expect([status, stdout]).toEqual([7, 'two words\n']);
});

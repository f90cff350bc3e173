import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeployContext } from '../../../../local/cloudformation/deploy-functions.ts';
import type { Deployment } from '../../../../local/deployment.ts';
import { makeTemporaryDirectory } from '../../../../local/temporary-directory.ts';
import { applyCode } from '../../../../local/watch/apply-code.ts';
import { makeFunctionBundles } from '../../../../local/watch/function-bundles.ts';
import type { WatchedFiles } from '../../../../local/watch/plan-change.ts';
import type { TypeProblem } from '../../../../local/watch/type-check.ts';

const ENTRY = 'lambdas/jobs/a.handler.ts';
const properties = {
  Code: { S3Key: 'unknown.zip' },
  Handler: 'index.handler',
  Description: `Does a (${ENTRY})`,
};

let directory: ReturnType<typeof makeTemporaryDirectory>;
let project: string;
let bundles: ReturnType<typeof makeFunctionBundles>;
let files: WatchedFiles;
let printed: string[];
let typeProblems: readonly TypeProblem[];
let updates: number;

beforeEach(() => {
  directory = makeTemporaryDirectory('apply-code');
  project = join(directory.path, 'project');
  write('lambdas/jobs/a.handler.ts', "export { handler } from '../platform/b.ts';");
  write('lambdas/platform/b.ts', "export const handler = () => 'one';");
  write('migrations/0001_new.sql', 'select 1');
  write('base/index.mjs', 'old');
  write('base/migrations/0000_old.sql', 'select 0');
  write('base/fonts/a.cjs', 'font');
  const base = join(project, 'base');
  bundles = makeFunctionBundles({
    project,
    directory: join(directory.path, 'bundles'),
    base: new Map([[ENTRY, { directory: base, file: join(base, 'index.mjs') }]]),
  });
  files = { functions: new Map(), app: new Set(), failed: new Set(), migrations: new Set() };
  printed = [];
  typeProblems = [];
  updates = 0;
});
afterEach(() => directory.remove());

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

const deployment = {
  context: () => ({}) as DeployContext,
  async update() {
    updates += 1;
    return { added: [], replaced: [{ name: 'A' }], removed: [] };
  },
} as unknown as Deployment;

const apply = () =>
  applyCode(
    {
      deployment,
      bundles,
      files,
      types: { check: async () => typeProblems },
      reporter: {
        print: (line) => void printed.push(line),
        warn: (line) => void printed.push(line),
        functionOutput: () => {},
        functionError: () => {},
        close: () => {},
      },
      signal: new AbortController().signal,
    },
    [ENTRY],
  );

const currentCode = () => readFileSync(bundles.code(properties).file, 'utf8');

describe('an edit of a function', () => {
  test('makes a bundle with its imports the current one, and names the function', async () => {
    await apply();

    expect(currentCode()).toContain('one');
    expect(printed.join('\n')).toMatch(/Live after \d+\.\d s: A/);
    expect([...(files.functions.get(ENTRY) ?? [])].sort()).toEqual([
      'lambdas/jobs/a.handler.ts',
      'lambdas/platform/b.ts',
    ]);
  });

  test('keeps the files beside the code, with the present migrations', async () => {
    await apply();

    const { directory: bundle } = bundles.code(properties);
    expect(readFileSync(join(bundle, 'fonts', 'a.cjs'), 'utf8')).toBe('font');
    expect(existsSync(join(bundle, 'migrations', '0001_new.sql'))).toBe(true);
    expect(existsSync(join(bundle, 'migrations', '0000_old.sql'))).toBe(false);
    // The base has no source map.
    expect(existsSync(join(bundle, 'index.mjs.map'))).toBe(false);
  });

  test('with a syntax error keeps the old code, names the line, and is tried again', async () => {
    write('lambdas/platform/b.ts', 'export const = 1;');

    await apply();

    expect(currentCode()).toBe('old');
    expect(updates).toBe(0);
    expect(printed.join('\n')).toContain('lambdas/platform/b.ts:1:13');
    expect(printed.at(-1)).toContain('The old code keeps running.');
    expect([...files.failed]).toEqual([ENTRY]);

    write('lambdas/platform/b.ts', "export const handler = () => 'two';");
    await apply();

    expect(currentCode()).toContain('two');
    expect([...files.failed]).toEqual([]);
  });

  test('with many errors shows the first ones and counts the others', async () => {
    const file = 'lambdas/platform/b.ts';
    typeProblems = Array.from({ length: 20 }, (_, index) => ({ file, text: `error ${index}` }));

    await apply();

    expect(printed).toHaveLength(6);
    expect(printed.slice(-2)).toEqual([
      '… and 16 more errors',
      expect.stringContaining('not applied'),
    ]);
  });

  test('with a type error in its files keeps the old code', async () => {
    typeProblems = [{ file: 'lambdas/platform/b.ts', text: 'b.ts(1,1): error TS1: no' }];

    await apply();

    expect([currentCode(), updates]).toEqual(['old', 0]);
    expect(printed.join('\n')).toContain('b.ts(1,1): error TS1: no');
  });

  test('is not held up by a type error of another function', async () => {
    typeProblems = [{ file: 'lambdas/jobs/other.ts', text: 'other.ts(1,1): error TS1: no' }];

    await apply();

    expect([currentCode().includes('one'), updates]).toEqual([true, 1]);
  });
});

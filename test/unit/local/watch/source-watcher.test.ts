import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeTemporaryDirectory } from '../../../../local/temporary-directory.ts';
import { type SourceWatcher, watchSources } from '../../../../local/watch/source-watcher.ts';
import { eventually } from '../../../support/eventually.ts';

let directory: ReturnType<typeof makeTemporaryDirectory>;
let watcher: SourceWatcher | undefined;
let changes: (readonly string[])[];

beforeEach(() => {
  directory = makeTemporaryDirectory('watch');
  mkdirSync(join(directory.path, 'lambdas'));
  write('lambdas/a.ts');
  write('cdk.json');
  changes = [];
  watcher = watchSources({
    project: directory.path,
    sources: ['lambdas', 'cdk.json'],
    onChange: (paths) => void changes.push(paths),
  });
});

afterEach(() => {
  watcher?.stop();
  directory.remove();
});

const write = (path: string, text = path) => writeFileSync(join(directory.path, path), text);
const changed = async (...paths: readonly string[]) => {
  const all = await eventually(
    async () => [...new Set(changes.flat())].sort(),
    (seen) => paths.every((path) => seen.includes(path)),
  );
  expect(all).toEqual(paths);
};

test('reports several files that an editor saves at once', async () => {
  write('lambdas/a.ts', 'changed');
  write('cdk.json', 'changed');

  await changed('cdk.json', 'lambdas/a.ts');
});

test('reports a file that an editor replaces by renaming another one', async () => {
  write('lambdas/a.ts.tmp', 'changed');
  renameSync(join(directory.path, 'lambdas/a.ts.tmp'), join(directory.path, 'lambdas/a.ts'));

  await changed('lambdas/a.ts');
});

test('reports files of a new folder, and then their removal', async () => {
  mkdirSync(join(directory.path, 'lambdas/jobs'));
  write('lambdas/jobs/b.ts');
  await changed('lambdas/jobs/b.ts');
  changes = [];
  write('lambdas/jobs/b.ts', 'changed');
  await changed('lambdas/jobs/b.ts');
  changes = [];

  rmSync(join(directory.path, 'lambdas/jobs'), { recursive: true });

  await changed('lambdas/jobs/b.ts');
});

test('reports nothing outside the sources', async () => {
  write('notes.md');
  write('lambdas/a.ts', 'changed');

  await changed('lambdas/a.ts');
});

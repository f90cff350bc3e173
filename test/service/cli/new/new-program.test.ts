import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { addPart } from '../../../../cli/new/add-part.ts';
import { changedFiles } from '../../../../cli/new/changed-files.ts';
import { makeProgram } from '../../../../cli/new/new-program.ts';
import type { Plan } from '../../../../cli/new/plan.ts';
import { planProvider } from '../../../../cli/new/plan-provider.ts';
import { openRepository, type Repository } from '../../../../cli/new/repository.ts';
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from '../../../../local/temporary-directory.ts';
import { recordTerminal, runRecorded } from '../../../support/command-line.ts';

const program = makeProgram('npm run new --', '0.0.0');
const run = (...words: readonly string[]) => runRecorded(program, words);

describe('names', () => {
  test.each([
    [['provider', 'Acme'], "'Acme' cannot be the name of a provider: expected one word"],
    [['provider', 'ac-me'], 'e.g. acme'],
    [['provider', 'new'], "'new' is reserved"],
    [['provider', 'test'], "'test' is reserved"],
    [['provider', 'constructor'], "'constructor' is reserved"],
    [['provider', 'mux'], "There is a provider 'mux' already. Existing: mux, resend."],
    [['provider', 'eval'], "'eval' is reserved"],
    [['provider', 'signature'], "'signature' is reserved, because the generated code uses it"],
    [['job', 'job'], "'makeJob' is reserved"],
    [['job', 'due'], "'due' is reserved"],
    [['job', 'an-upload'], "'anUpload' is reserved"],
    [['job', 'job-runs', '--folder', 'retention'], "'makeJobRuns' is reserved"],
    [['mail', 'one.line'], "'oneLine' is reserved"],
    [['mail', 'portal.links'], "'portalLinks' is reserved"],
    [['job', 'chunk'], "'chunk' is reserved"],
    [['job', 'count-rows', '--folder', 'platform'], "--folder 'platform' belongs to no capability"],
    [['job', 'catalog'], "--folder 'catalog' belongs to no capability"],
    [['mail', 'to.string'], "'to.string' is reserved"],
    [['job', '../../etc'], 'lower-case words joined by hyphens, e.g. archive-drafts'],
    [['job', 'a'.repeat(41)], 'has 41 characters: the name of a job has at most 40'],
    [['job', 'prune'], "There is a job 'prune' already"],
    [['job', 'archive-drafts', '--folder', '/tmp'], "'/tmp' cannot be the name of a folder"],
    [['job', 'archive-drafts', '--schedule', 'hourly'], "--schedule 'hourly' is not supported"],
    [['job', 'archive-drafts', '--schedule', 'rate(1 hours)'], 'is not supported'],
    [['job', 'archive-drafts', '--schedule', 'rate(13 hours)'], 'up to 12 hours'],
    [['mail', 'archived'], 'joined by a dot, e.g. draft.archived'],
    [['mail', 'asset.ready'], "There is a mail 'asset.ready' already"],
    [['command', 'drafts'], 'a group and a verb in quotes, e.g. "drafts list"'],
    [['command', 'drafts', 'list'], 'Put text with spaces in quotes'],
    [['command', 'events list'], "There is a command 'events list' already"],
    [['command', 'events tail'], "There is a command 'events tail' already"],
    [['command', 'doctor show'], "'doctor' is a command without a group"],
    [['metric', 'drafts-archived'], 'words that begin with a capital'],
    [['metric', 'JobMs'], "There is a metric 'JobMs' already"],
    [
      ['metric', 'DraftsArchived', '--family', 'job'],
      "--family 'job' does not exist: expected one of",
    ],
    [['metric', 'DraftsArchived', '--family', 'job'], "Did you mean 'jobs'?"],
    [['provder', 'acme'], "Did you mean 'provider'?"],
    [['provider'], 'provider needs --name'],
    [['provider', 'acme', '--dry'], "Did you mean '--dry-run'?"],
  ])('%j is explained', async (words, explanation) => {
    // Writes nothing if the name is accepted by mistake.
    const { code, out, err } = await run(...words, '--dry-run');

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(explanation);
  });
});

test('a dry run prints the new files and the edits, and writes nothing', async () => {
  const { code, out } = await run('provider', 'acme', '--dry-run');

  expect(code).toBe(0);
  expect(out).toContain('+++ b/lambdas/providers/acme/signature.ts\n+import');
  expect(out).toContain("+export const providers = ['mux', 'resend', 'acme'] as const;");
  expect(out).toMatch(/Nothing was written: the provider acme: 9 new files, 2 edited files/);
  expect(openRepository('.').exists('lambdas/providers/acme')).toBe(false);
});

test('a provider is added to lists that need several lines', () => {
  const names = ['first', 'second', 'third'].map((name) => `  '${name}',\n`).join('');
  const lists: Readonly<Record<string, string>> = {
    'lambdas/catalog/providers.ts': `export const providers = [\n${names}] as const;\n`,
    'lambdas/providers/registry.ts':
      "import { providers } from '../catalog/providers.ts';\n\n" +
      'export const registry: X = {\n  first,\n  second,\n};\n',
  };
  const repository = { exists: () => false, read: (path: string) => lists[path] ?? '' };
  const [catalog, registry] = changedFiles(planProvider('acme'), repository, (_, text) =>
    text.replaceAll(/\s+/g, ' '),
  ).filter(({ before }) => before !== undefined);

  expect(catalog?.after).toContain("[ 'first', 'second', 'third', 'acme', ] as const;");
  expect(registry?.after).toContain('{ first, second, acme, };');
});

describe('writing', () => {
  const plan: Plan = {
    subject: 'the part',
    files: [{ path: 'lambdas/part/part.txt', text: 'new\n' }],
    edits: [{ path: 'list.txt', anchor: /^end/m, place: 'before', insertion: 'part\n' }],
    generated: [],
    tests: { project: 'unit', paths: ['part.test.ts'] },
    nextSteps: ['Write the part.'],
  };
  let folder: TemporaryDirectory;
  beforeEach(() => {
    folder = makeTemporaryDirectory('new');
    writeFileSync(join(folder.path, 'list.txt'), 'begin\nend\n');
  });
  afterEach(() => folder.remove());

  const add = (changes: Partial<Plan> = {}, changed: readonly string[] = [], force = false) => {
    const repository: Repository = { ...openRepository(folder.path), changed: () => changed };
    const terminal = recordTerminal();
    const options = { root: folder.path, repository, terminal, dryRun: false, force };
    addPart({ ...plan, ...changes }, options);
    return terminal.printed.join('\n');
  };
  const read = (path: string) => openRepository(folder.path).read(path);
  const isUnchanged = () => {
    expect(read('list.txt')).toBe('begin\nend\n');
    expect(openRepository(folder.path).list('.')).toEqual(['list.txt']);
  };

  test('creates folders, edits lists and prints what comes next', () => {
    const printed = add();

    expect(read('lambdas/part/part.txt')).toBe('new\n');
    expect(read('list.txt')).toBe('begin\npart\nend\n');
    expect(printed).toContain('new     lambdas/part/part.txt\nedited  list.txt');
    expect(printed).toMatch(/1\. Write the part\.\n {2}2\. See the tests pass: npm run -s jest/);
  });

  test('writes nothing if a file exists', () => {
    expect(() => add({ files: [{ path: 'list.txt', text: '' }] })).toThrow(
      'Nothing was written: list.txt exists already.',
    );
    isUnchanged();
  });

  test('writes nothing into a file with uncommitted changes, unless it is forced', () => {
    expect(() => add({}, ['list.txt'])).toThrow(
      'list.txt has changes that are not committed. Commit them, or add --force',
    );
    isUnchanged();

    add({}, ['list.txt'], true);
    expect(read('list.txt')).toContain('part');
  });

  test.each([/^missing/m, /e/])('lists the edit if %s does not match once', (anchor) => {
    const edits = [{ path: 'list.txt', anchor, place: 'before', insertion: 'part\n' }] as const;

    expect(() => add({ edits })).toThrow(/list\.txt no longer has the form .* by hand:\npart\n/s);
    isUnchanged();
  });
});

test('explains a checkout that git does not read', () => {
  const { path, remove } = makeTemporaryDirectory('no-checkout');
  writeFileSync(join(path, '.git'), 'broken');

  expect(() => openRepository(path).changed(['list.txt'])).toThrow(
    /^Nothing was written: git cannot tell which files have changes .*\n.*gitfile/,
  );
  remove();
});

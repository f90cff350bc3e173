import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { addPart } from '../../../../cli/new/add-part.ts';
import { makeProgram } from '../../../../cli/new/new-program.ts';
import type { Plan } from '../../../../cli/new/plan.ts';
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
    [['provider', 'mux'], "There is a provider 'mux' already. Existing: mux, resend."],
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
    const { code, out, err } = await run(...words);

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

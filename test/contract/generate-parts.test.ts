import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readGeneratedParts } from './support/extending-page.ts';
import { copyRepository, jestCommand, type RepositoryCopy } from './support/repository-copy.ts';

/** Ends a test that hangs. The longest takes a minute while another file runs. */
const LIMIT_MS = 600_000;

const parts = readGeneratedParts(readFileSync('docs/extending.md', 'utf8'));
/** Tests of generated parts that fail until somebody fills them in, with what they report. */
const failing: Readonly<Record<string, RegExp>> = {
  'has a recorded delivery of each applied type': /sample\.created/,
  'accepts the recorded deliveries, and none with another body or secret': /not\.toEqual/,
  'finds the id and the type of the recorded deliveries, and parses them': /not\.toEqual/,
  'has a subject, a heading, a text and a reason of its own': /Fill in: the subject/,
  'the code names each metric that it emits': /"DraftsArchived"/,
  'changes each due row once, in several chunks': /"\w+Rows": 5/,
  'changes each row once when two runs overlap': /Expected: .*5/,
  'stops when its time is over, and the next run continues': /"\w+Rows": 1/,
  'answers with nothing while there is nothing': /Fill in: what drafts list does/,
  'answers with the newest rows first, at most as many as the limit says': /Fill in: what drafts/,
  'answers that an unknown id is not found': /Fill in: what uploads cancel does/,
  'changes nothing in a dry run': /Fill in: what uploads cancel does/,
  'changes the row once, and says so the second time': /Fill in: what uploads cancel does/,
};

let copy: RepositoryCopy;
beforeAll(() => {
  copy = copyRepository();
}, LIMIT_MS);
afterAll(() => copy.remove());

const changedFiles = () =>
  copy
    .run('git status --porcelain --untracked-files=all')
    .split('\n')
    .filter(Boolean)
    .map((line) => ({ isNew: line.startsWith('??'), path: line.slice(3) }));
const generate = (command: string) => copy.run(command.replace('npm run', 'npm run -s'));

test('the page counts the files of every kind of part', () => {
  const kinds = parts.map(({ command }) => command.split(' ')[4]);

  expect(new Set(kinds)).toEqual(new Set(['provider', 'job', 'mail', 'command', 'metric']));
});

test.each(parts)(
  '$command touches as many files as the page says',
  ({ command, created, edited, documented }) => {
    generate(`${command} --dry-run`);
    expect(changedFiles()).toEqual([]);

    const output = generate(command);
    const written = changedFiles();
    for (const { path } of written) expect(output).toContain(path);
    copy.run('npm run -s docs');
    const all = changedFiles();
    copy.run('git checkout --quiet . && git clean --quiet --force -d');

    expect({
      created: written.filter(({ isNew }) => isNew).length,
      edited: written.filter(({ isNew }) => !isNew).length,
      documented: all.length - written.length,
    }).toEqual({ created, edited, documented });
    const documents = all.filter(({ path }) => !written.some((one) => one.path === path));
    for (const { path } of documents) expect(output).toContain(path);
  },
  LIMIT_MS,
);

test(
  'one part of each kind passes types, lint, style and architecture',
  () => {
    for (const { command } of parts) generate(`${command} --force`);
    copy.run('npm run -s docs');

    expect(copy.run('npm run -s typecheck')).toBe('');
    copy.run('npm run -s lint');
    copy.run(
      jestCommand(
        'repository',
        'test/repository/style.test.ts',
        'test/repository/architecture.test.ts',
      ),
    );
  },
  LIMIT_MS,
);

test(
  'the generated tests fail for what is not filled in, and no other test fails',
  () => {
    const results = [
      ...resultsOf('unit', 'test/unit/providers', 'test/unit/notifications', 'test/unit/catalog'),
      ...resultsOf('database', ...databaseTests()),
    ];
    const failed = results.filter(({ status }) => status === 'failed');

    expect(results.length).toBeGreaterThan(300);
    expect(new Set(failed.map(({ title }) => title))).toEqual(new Set(Object.keys(failing)));
    for (const { title, message } of failed) expect(message).toMatch(failing[title] as RegExp);
  },
  LIMIT_MS,
);

const databaseTests = () =>
  changedFiles()
    .map(({ path }) => path)
    .filter((path) => path.startsWith('test/database/'));

/** Runs tests of the copy, which may fail. */
function resultsOf(project: string, ...files: readonly string[]) {
  const output = 'results.json';
  copy.run(
    `${jestCommand(project, ...files)} --json --outputFile ${output} > /dev/null 2>&1 || true`,
  );
  const { testResults } = JSON.parse(readFileSync(join(copy.path, output), 'utf8')) as {
    testResults: {
      message: string;
      assertionResults: { title: string; status: string; failureMessages: string[] }[];
    }[];
  };
  expect(testResults.filter(({ assertionResults }) => assertionResults.length === 0)).toEqual([]);
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ title, status, failureMessages }) => ({
      title,
      status,
      message: stripVTControlCharacters(failureMessages.join('\n')),
    })),
  );
}

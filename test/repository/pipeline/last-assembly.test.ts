import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'gh-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script of the pipeline with a `gh` that answers with the given cases of its arguments. */
function run(script: string, args: readonly string[], answers: string, cwd = '.'): string {
  const gh = join(folder, 'gh');
  writeFileSync(gh, `#!/usr/bin/env bash\ncase "$*" in\n${answers}\nesac\n`);
  chmodSync(gh, 0o755);
  return execFileSync('bash', [resolve('scripts/pipeline', script), ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` },
  }).trim();
}

const trusted = '.github/workflows/deploy.yml workflow_dispatch main true';
/** Downloads write the commit of the run, as synthesize-stages.ts does. */
const keeps = (commit: string) =>
  `"run download"*) mkdir -p "\${@: -1}" && echo "${commit}" > "\${@: -1}/commit.txt" ;;`;
const download = keeps('commit-of-$3');
const artifacts = (stage: string, ...runs: readonly string[]) =>
  `*artifacts?name=deployed-${stage}*) printf '%s\\n' ${runs.join(' ')} ;;`;
const runs = (answers: Readonly<Record<string, string>>) =>
  Object.entries(answers)
    .map(([run, answer]) => `*actions/runs/${run}*) echo '${answer}' ;;`)
    .join('\n');

const out = () => join(mkdtempSync(join(folder, 'out-')), 'assembly');

test('the deployed commit is that of the last assembly that worked', () => {
  const answers = [artifacts('prod', '77', '76'), runs({ 77: trusted }), download].join('\n');

  expect(run('deployed-commit.sh', ['prod'], answers)).toBe('commit-of-77');
});

test('before the first deploy it is the first commit of the repository', () => {
  const first = execFileSync('git', ['rev-list', '--max-parents=0', 'HEAD'], { encoding: 'utf8' });

  expect(run('deployed-commit.sh', ['prod'], '*artifacts*) ;;')).toBe(
    first.trim().split('\n').at(-1),
  );
});

test('the deployed commit is not guessed if GitHub does not answer', () => {
  expect(() => run('deployed-commit.sh', ['prod'], '*) exit 1 ;;')).toThrow();
});

const untrusted = [
  ['a workflow of a pull request', '.github/workflows/ci.yml pull_request main false'],
  ['a fork whose branch is named main', trusted.replace('true', 'false')],
  ['another branch', trusted.replace('main', 'feature')],
  ['another event', trusted.replace('workflow_dispatch', 'pull_request')],
  ['another workflow', trusted.replace('deploy.yml', 'my-deploy.yml')],
  ['a branch with a blank in its name', trusted.replace('main', 'main true')],
  ['no run', ''],
] as const;

test.each(untrusted)('rejects an assembly of %s', (_, answer) => {
  const rejected = () => run('trusted-run.sh', ['76'], runs({ 76: answer }));

  expect(rejected).toThrow('not a deploy or roll-back of main');
});

test.each(untrusted)('takes the newest assembly that is not of %s', (_, answer) => {
  const answers = [artifacts('prod', '78', '77'), runs({ 78: answer, 77: trusted }), download];
  const path = out();
  run('last-assembly.sh', ['prod', path], answers.join('\n'));

  expect(readFileSync(join(path, 'commit.txt'), 'utf8')).toBe('commit-of-77\n');
});

test.each(['.github/workflows/deploy.yml@main', '.github/workflows/roll-back.yml'])(
  'accepts a run of %s',
  (path) => {
    const answer = trusted.replace('.github/workflows/deploy.yml', path);

    expect(run('trusted-run.sh', ['76'], runs({ 76: answer }))).toBe('');
  },
);

test.each(['7x', '../7', '7 8'])('rejects %p as the number of a run', (number) => {
  expect(() => run('trusted-run.sh', [number], '*) echo called >&2 ;;')).toThrow('not the number');
});

test('verifies the run that a person names', () => {
  const rejected = () =>
    run('last-assembly.sh', ['prod', out(), '76'], runs({ 76: 'x pull_request main true' }));

  expect(rejected).toThrow('not a deploy or roll-back of main');
});

test('states that no assembly is kept', () => {
  expect(() => run('last-assembly.sh', ['prod', out()], '*) ;;')).toThrow(
    'No assembly of prod is kept',
  );
});

/** Makes a repository of two commits, because CI's clone may have only one. */
function makeHistory(): { readonly repository: string; readonly commits: readonly string[] } {
  const repository = mkdtempSync(join(folder, 'repository-'));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.org', ...args], {
      cwd: repository,
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet');
  for (const message of ['older', 'newer'])
    git('commit', '--quiet', '--allow-empty', '--message', message);
  return { repository, commits: git('rev-list', 'HEAD').split('\n') };
}

const { repository, commits } = makeHistory();
const [newer = '', older = ''] = commits;

test.each([
  ['a later commit', newer, older, false],
  ['the same commit again', newer, newer, false],
  ['an earlier commit', older, newer, true],
])('deploys %s: rejected %p', (_, commit, deployed, isRejected) => {
  const assembly = out();
  mkdirSync(assembly);
  writeFileSync(join(assembly, 'commit.txt'), `${commit}\n`);
  const answers = [artifacts('prod', '77'), runs({ 77: trusted }), keeps(deployed)].join('\n');
  const check = () => run('check-order.sh', ['prod', assembly], answers, repository);

  if (isRejected) expect(check).toThrow('Run the workflow roll-back');
  else expect(check()).toBe('');
});

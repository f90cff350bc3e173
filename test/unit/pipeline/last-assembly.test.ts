import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'gh-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script of the pipeline with a `gh` that answers with the given cases of its arguments. */
function run(script: string, args: readonly string[], answers: string): string {
  const gh = join(folder, 'gh');
  writeFileSync(gh, `#!/usr/bin/env bash\ncase "$*" in\n${answers}\nesac\n`);
  chmodSync(gh, 0o755);
  return execFileSync('bash', [`scripts/pipeline/${script}`, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` },
  }).trim();
}

const listed = "*environment=prod*) printf '3:ccc\\n2:bbb\\n1:aaa\\n' ;;";

test('the deployed commit is that of the newest deployment that succeeded', () => {
  const answers = `${listed}\n*/3/statuses*) echo failure ;;\n*/2/statuses*) echo success ;;`;

  expect(run('deployed-commit.sh', ['prod'], answers)).toBe('bbb');
});

test('before the first deploy it is the first commit of the repository', () => {
  const first = execFileSync('git', ['rev-list', '--max-parents=0', 'HEAD'], { encoding: 'utf8' });
  const answers = '*environment=prod*) ;;';

  expect(run('deployed-commit.sh', ['prod'], answers)).toBe(first.trim().split('\n').at(-1));
});

test('downloads the newest assembly that was kept for the stage', () => {
  const answers = '*artifacts?name=deployed-prod*) echo 77 ;;\n"run download"*) echo "$*" ;;';

  expect(run('last-assembly.sh', ['prod', 'out'], answers)).toBe(
    'run download 77 --name deployed-prod --dir out',
  );
});

test('says that no assembly is kept', () => {
  expect(() => run('last-assembly.sh', ['prod', 'out'], '*) ;;')).toThrow(
    'No assembly of prod is kept',
  );
});

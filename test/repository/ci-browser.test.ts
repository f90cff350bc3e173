import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';

const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** Runs .ci/browser with only these programs on its path. */
function run(programs: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(tmpdir(), 'ci-browser-'));
  directories.push(directory);
  for (const name of ['env', 'chmod', 'touch'])
    symlinkSync(`/usr/bin/${name}`, join(directory, name));
  for (const [name, script] of Object.entries(programs)) {
    const path = join(directory, name);
    writeFileSync(path, `#!/bin/bash\n${script}\n`);
    chmodSync(path, 0o755);
  }
  try {
    const env = { PATH: directory, HERE: directory };
    const output = execFileSync('/bin/bash', ['.ci/browser'], { env, stdio: 'pipe' }).toString();
    return { code: 0, output: output.replaceAll(directory, '') };
  } catch (error) {
    return { code: (error as { status: number }).status, output: '' };
  }
}

const working = 'echo Chromium 140';
const broken = 'echo please install the snap; exit 1';
const installing = `[ "$1" = install ] || exit 0
echo '#!/bin/bash' > "$HERE/chromium"
chmod +x "$HERE/chromium"`;
const root = 'echo 0';
const user = 'echo 1000';

test('prints the browser that is there, and installs nothing', () => {
  expect(run({ chromium: working, 'apt-get': 'exit 9', id: root })).toEqual({
    code: 0,
    output: '/chromium\n',
  });
});

test('passes over a program that does not run', () => {
  const programs = { chromium: broken, 'google-chrome': working, id: user };

  expect(run(programs)).toEqual({ code: 0, output: '/google-chrome\n' });
});

test.each([
  ['root', { id: root }],
  ['a user with sudo that asks for no password', { id: user, sudo: 'shift; exec "$@"' }],
])('%s installs the package', (_, programs) => {
  expect(run({ ...programs, 'apt-get': installing, true: '' })).toEqual({
    code: 0,
    output: '/chromium\n',
  });
});

test.each([
  ['sudo asks for a password', { id: user, sudo: 'exit 1', 'apt-get': installing }],
  ['there is no sudo', { id: user, 'apt-get': installing }],
  ['there is no apt-get', { id: root }],
  ['the package does not exist', { id: root, 'apt-get': 'exit 100' }],
  ['the installed program does not run', { id: root, 'apt-get': 'true', chromium: broken }],
])('finds none if %s', (_, programs) => {
  expect(run({ ...programs, true: '' })).toMatchObject({ code: 1, output: '' });
});

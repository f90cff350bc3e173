import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/** Ends the process with 3 after the messages, unless the terminal ends it earlier. */
const script = `
  import { openTerminal } from './cli/command-line/terminal.ts';
  const terminal = openTerminal();
  process.exitCode = 3;
  for (const text of ['one', 'two']) {
    terminal.out(text);
    terminal.err(text);
    await new Promise((done) => setTimeout(done, 200));
  }`;

function runScript(stdout: 'pipe' | number, closed: 'stdout' | 'stderr' | undefined) {
  const args = ['--input-type=module-typescript', '--eval', script];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', stdout, 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  if (closed !== undefined) child[closed]?.destroy();
  return new Promise<readonly [number | null, string]>((done) =>
    child.once('close', (code) => done([code, errors])),
  );
}

test('ends without an error if the reader of the output closes it', async () => {
  expect(await runScript('pipe', 'stdout')).toEqual([0, expect.not.stringContaining('Error')]);
});

test('keeps the exit code if nobody reads the messages', async () => {
  expect(await runScript('pipe', 'stderr')).toEqual([3, '']);
});

const full = '/dev/full';

(existsSync(full) ? test : test.skip)('explains a full disk in one sentence', async () => {
  const [code, errors] = await runScript(openSync(full, 'w'), undefined);

  expect(code).toBe(1);
  expect(errors.split('\n').filter((line) => line !== 'one' && line !== '')).toEqual([
    'The output cannot be written: no space is left on the device.',
  ]);
});

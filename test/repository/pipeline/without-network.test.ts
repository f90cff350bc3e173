import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

const script = 'scripts/pipeline/without-network.sh';
const run = (...args: readonly string[]) =>
  spawnSync('bash', [script, ...args], { encoding: 'utf8' });
const isPossible = process.platform === 'linux' && run('true').status === 0;

(isPossible ? test : test.skip)(
  isPossible
    ? 'a command sees only the loopback interface'
    : 'a command sees only the loopback interface (skipped: needs Linux, and root or sudo)',
  () => {
    const list =
      'console.log(JSON.stringify([...Object.keys(os.networkInterfaces()), process.argv[1]]))';
    const { stdout } = run(process.execPath, '-e', list, 'two words');

    expect(JSON.parse(stdout)).toEqual(['lo', 'two words']);
  },
);

test('states how it is used', () => {
  const { status, stderr } = run();

  expect(status).toBe(2);
  expect(stderr).toContain('usage: without-network.sh');
});

import { expect, test } from '@jest/globals';
import { exitCodeOf, runOps } from '../../../../cli/ops/run.ts';

const now = () => new Date('2026-03-08T12:00:00Z');

async function run(line: string) {
  const said: string[] = [];
  const code = await runOps(line.split(' '), {
    now,
    out: (text) => said.push(text),
    err: (text) => said.push(text),
  });
  return { code, said: said.join('\n') };
}

test('evidence that is not what was written fails the command, so that a pipeline can check it', () => {
  expect(exitCodeOf({ verdict: 'broken', problems: [{ week: '2026-03-02' }] })).toBe(1);
  expect(exitCodeOf({ verdict: 'intact', problems: [] })).toBe(0);
  expect(exitCodeOf({ events: [] })).toBe(0);
});

test.each(['--stage prod', '--api-url https://api.example'])(
  'a job is not run ahead of its time with %s: it would expire what is valid',
  async (where) => {
    const { code, said } = await run(
      `jobs run expire-share-links --at 2026-03-08T12:00:00.001Z ${where}`,
    );

    expect(said).toContain('--at is in the future');
    expect(code).toBe(2);
  },
);

test('a job may be run as of now, and as of an earlier time', async () => {
  // Nobody has deployed this stage, which is the first thing to be said of it.
  for (const at of ['2026-03-08T12:00:00.000Z', '2h']) {
    const { said } = await run(`jobs run expire-share-links --at ${at} --stage nobody-deployed-it`);
    expect(said).toContain('nobody-deployed-it');
  }
});

import { expect, test } from '@jest/globals';
import { exitCodeOf, runOps } from '../../../../cli/ops/run.ts';

const now = () => new Date('2026-03-08T12:00:00Z');

async function run(line: string) {
  const lines: string[] = [];
  const code = await runOps(line.split(' '), {
    now,
    out: (text) => lines.push(text),
    err: (text) => lines.push(text),
  });
  return { code, output: lines.join('\n') };
}

test('exits with 1 for a broken chain of residency reports', () => {
  expect(exitCodeOf({ chain: 'broken', problems: [{ week: '2026-03-02' }] })).toBe(1);
  expect(exitCodeOf({ chain: 'intact', problems: [] })).toBe(0);
  expect(exitCodeOf({ events: [] })).toBe(0);
});

test.each(['--stage prod', '--api-url https://api.example'])(
  'rejects a job run in the future with %s, because it would expire what is valid',
  async (target) => {
    const { code, output } = await run(
      `jobs run expire-share-links --at 2026-03-08T12:00:00.001Z ${target}`,
    );

    expect(output).toContain('--at 2026-03-08T12:00:00.001Z is in the future');
    expect(code).toBe(2);
  },
);

test('accepts a job run for now and for an earlier time', async () => {
  // Both runs end at the unknown stage, which is checked after the time.
  for (const at of ['2026-03-08T12:00:00.000Z', '2h']) {
    const { output } = await run(`jobs run expire-share-links --at ${at} --stage not-deployed`);
    expect(output).toContain("no stage 'not-deployed'");
  }
});

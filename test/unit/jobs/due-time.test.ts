import { expect, test } from '@jest/globals';
import { isAheadOfTime, runsAheadVariable } from '../../../lambdas/jobs/due-time.ts';

const now = new Date('2026-03-01T10:00:00.000Z');

test.each([
  ['2026-02-01T00:00:00.000Z', false],
  ['2026-03-01T10:00:00.000Z', false],
  ['2026-03-01T10:00:30.000Z', false],
  ['2026-03-01T10:00:30.001Z', true],
  ['2030-01-01T00:00:00.000Z', true],
])('a run due at %s is ahead of time: %s', (dueAt, expected) => {
  expect(isAheadOfTime(new Date(dueAt), now, {})).toBe(expected);
});

test.each(['', 'true', '1'])('needs the exact value of local mode, not %p', (value) => {
  const future = new Date('2030-01-01T00:00:00Z');

  expect(isAheadOfTime(future, now, { [runsAheadVariable]: value })).toBe(true);
  expect(isAheadOfTime(future, now, { [runsAheadVariable]: 'allowed' })).toBe(false);
});

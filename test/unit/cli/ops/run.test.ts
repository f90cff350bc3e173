import { expect, test } from '@jest/globals';
import { exitCodeOf } from '../../../../cli/ops/run.ts';

test('exits with 1 for a broken chain of residency reports', () => {
  expect(exitCodeOf({ chain: 'broken', problems: [{ week: '2026-03-02' }] })).toBe(1);
  expect(exitCodeOf({ chain: 'intact', problems: [] })).toBe(0);
  expect(exitCodeOf({ events: [] })).toBe(0);
});

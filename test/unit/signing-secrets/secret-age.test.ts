import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeAge, wholeDays } from '../../../lambdas/signing-secrets/secret-age.ts';

const DAY_MS = 86_400_000;
const created = new Date('2026-03-01T00:00:00Z');
const later = (days: number, milliseconds = 0) =>
  new Date(created.getTime() + days * DAY_MS + milliseconds);

describe('the thresholds hold to the millisecond', () => {
  test.each([
    ['new', later(0), 'fresh'],
    ['a moment before 166 days', later(166, -1), 'fresh'],
    ['at 166 days', later(166), 'remind'],
    ['at 180 days', later(180), 'remind'],
    ['a moment past 180 days', later(180, 1), 'overdue'],
    ['made by a clock that is ahead', later(-1), 'fresh'],
  ])('%s', (_, now, standing) => {
    expect(judgeAge(created, now)).toMatchObject({
      standing,
      remindAt: later(166),
      alarmAt: later(180),
    });
  });
});

test('a secret never becomes fresher by waiting, and its age is never negative', () => {
  const order = ['fresh', 'remind', 'overdue'];
  const moment = fc.integer({ min: -10 * DAY_MS, max: 400 * DAY_MS });
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      const [early, late] = [one, other]
        .toSorted((a, b) => a - b)
        .map((milliseconds) => judgeAge(created, later(0, milliseconds)));
      expect(order.indexOf(early?.standing ?? '')).toBeLessThanOrEqual(
        order.indexOf(late?.standing ?? ''),
      );
      expect(early?.ageSeconds).toBeGreaterThanOrEqual(0);
      expect(late?.ageSeconds).toBeGreaterThanOrEqual(early?.ageSeconds ?? 0);
    }),
  );
});

test('days are whole ones that have passed', () => {
  expect([wholeDays(0), wholeDays(86_399.999), wholeDays(86_400), wholeDays(166 * 86_400)]).toEqual(
    [0, 0, 1, 166],
  );
});

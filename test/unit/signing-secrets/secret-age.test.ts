import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluateAge, wholeDays } from '../../../lambdas/signing-secrets/secret-age.ts';

const DAY_MS = 86_400_000;
const created = new Date('2026-03-01T00:00:00Z');
const later = (days: number, milliseconds = 0) =>
  new Date(created.getTime() + days * DAY_MS + milliseconds);

describe('evaluates the limits to the millisecond', () => {
  test.each([
    ['a new secret', later(0), 'fresh'],
    ['1 ms before 166 days', later(166, -1), 'fresh'],
    ['at 166 days', later(166), 'due'],
    ['at 180 days', later(180), 'due'],
    ['1 ms past 180 days', later(180, 1), 'overdue'],
    ['created in the future, by a clock that is ahead', later(-1), 'fresh'],
  ])('%s', (_, now, status) => {
    expect(evaluateAge(created, now)).toMatchObject({
      status,
      remindAt: later(166),
      alarmAt: later(180),
    });
  });
});

test('never returns a fresher status at a later time, and never a negative age', () => {
  const order = ['fresh', 'due', 'overdue'];
  const moment = fc.integer({ min: -10 * DAY_MS, max: 400 * DAY_MS });
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      const [early, late] = [one, other]
        .toSorted((a, b) => a - b)
        .map((milliseconds) => evaluateAge(created, later(0, milliseconds)));
      expect(order.indexOf(early?.status ?? '')).toBeLessThanOrEqual(
        order.indexOf(late?.status ?? ''),
      );
      expect(early?.ageSeconds).toBeGreaterThanOrEqual(0);
      expect(late?.ageSeconds).toBeGreaterThanOrEqual(early?.ageSeconds ?? 0);
    }),
  );
});

test('counts only whole days', () => {
  expect([wholeDays(0), wholeDays(86_399.999), wholeDays(86_400), wholeDays(166 * 86_400)]).toEqual(
    [0, 0, 1, 166],
  );
});

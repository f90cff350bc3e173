import { describe, expect, test } from '@jest/globals';
import { nextRun } from '../../../../local/aws/eventbridge/schedule-expression.ts';

const next = (expression: string, from: string, timezone = 'UTC') =>
  nextRun(expression, timezone, new Date(from))?.toISOString();

describe('a schedule', () => {
  test('at a rate runs that long after the moment before', () => {
    expect(next('rate(1 minute)', '2026-03-01T10:00:30Z')).toBe('2026-03-01T10:01:30.000Z');
    expect(next('rate(6 hours)', '2026-03-01T10:00:00Z')).toBe('2026-03-01T16:00:00.000Z');
    expect(next('rate(2 days)', '2026-03-01T10:00:00Z')).toBe('2026-03-03T10:00:00.000Z');
  });

  test('by the clock runs at the next moment that fits', () => {
    expect(next('cron(15 10 * * ? *)', '2026-03-01T10:15:00Z')).toBe('2026-03-02T10:15:00.000Z');
    expect(next('cron(0/15 * * * ? *)', '2026-03-01T10:16:00Z')).toBe('2026-03-01T10:30:00.000Z');
  });

  test('counts the days of the week from Sunday, which is 1', () => {
    // 2026-03-01 is a Sunday.
    expect(next('cron(0 9 ? * 1 *)', '2026-03-01T00:00:00Z')).toBe('2026-03-01T09:00:00.000Z');
    expect(next('cron(0 9 ? * 2-6 *)', '2026-03-01T00:00:00Z')).toBe('2026-03-02T09:00:00.000Z');
    expect(next('cron(0 9 ? * MON *)', '2026-03-01T00:00:00Z')).toBe('2026-03-02T09:00:00.000Z');
  });

  test('takes the third Friday and the last one of a month', () => {
    expect(next('cron(0 9 ? * 6#3 *)', '2026-03-01T00:00:00Z')).toBe('2026-03-20T09:00:00.000Z');
    expect(next('cron(0 9 ? * 6L *)', '2026-03-01T00:00:00Z')).toBe('2026-03-27T09:00:00.000Z');
  });

  test('by the clock of a place keeps to that clock when it is put forward', () => {
    // Sydney leaves daylight saving time on 2026-04-05.
    expect(next('cron(0 9 * * ? *)', '2026-04-04T00:00:00Z', 'Australia/Sydney')).toBe(
      '2026-04-04T23:00:00.000Z',
    );
    expect(next('cron(0 9 * * ? *)', '2026-04-03T00:00:00Z', 'Australia/Sydney')).toBe(
      '2026-04-03T22:00:00.000Z',
    );
  });

  test('for one moment runs then, and never again', () => {
    expect(next('at(2026-03-01T12:00:00)', '2026-03-01T10:00:00Z')).toBe(
      '2026-03-01T12:00:00.000Z',
    );
    expect(next('at(2026-03-01T12:00:00)', '2026-03-01T13:00:00Z')).toBeUndefined();
  });

  test.each(['rate(5)', 'rate(5 weeks)', 'cron(* * * * *)', 'every minute'])(
    'is refused when it reads %s',
    (text) => {
      expect(() => next(text, '2026-03-01T10:00:00Z')).toThrow(/rate|cron|schedule/);
    },
  );
});

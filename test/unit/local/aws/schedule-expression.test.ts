import { describe, expect, test } from '@jest/globals';
import { nextRun } from '../../../../local/aws/eventbridge/schedule-expression.ts';

const next = (expression: string, from: string, timezone = 'UTC') =>
  nextRun(expression, timezone, new Date(from))?.toISOString();

describe('a schedule', () => {
  test('with a rate runs one period after the given time', () => {
    expect(next('rate(1 minute)', '2026-03-01T10:00:30Z')).toBe('2026-03-01T10:01:30.000Z');
    expect(next('rate(6 hours)', '2026-03-01T10:00:00Z')).toBe('2026-03-01T16:00:00.000Z');
    expect(next('rate(2 days)', '2026-03-01T10:00:00Z')).toBe('2026-03-03T10:00:00.000Z');
  });

  test('with a cron expression runs at the next matching time', () => {
    expect(next('cron(15 10 * * ? *)', '2026-03-01T10:15:00Z')).toBe('2026-03-02T10:15:00.000Z');
    expect(next('cron(0/15 * * * ? *)', '2026-03-01T10:16:00Z')).toBe('2026-03-01T10:30:00.000Z');
  });

  test('counts weekdays from Sunday, which is 1', () => {
    // 2026-03-01 is a Sunday.
    expect(next('cron(0 9 ? * 1 *)', '2026-03-01T00:00:00Z')).toBe('2026-03-01T09:00:00.000Z');
    expect(next('cron(0 9 ? * 2-6 *)', '2026-03-01T00:00:00Z')).toBe('2026-03-02T09:00:00.000Z');
    expect(next('cron(0 9 ? * MON *)', '2026-03-01T00:00:00Z')).toBe('2026-03-02T09:00:00.000Z');
  });

  test('supports the third Friday and the last Friday of a month', () => {
    expect(next('cron(0 9 ? * 6#3 *)', '2026-03-01T00:00:00Z')).toBe('2026-03-20T09:00:00.000Z');
    expect(next('cron(0 9 ? * 6L *)', '2026-03-01T00:00:00Z')).toBe('2026-03-27T09:00:00.000Z');
  });

  test('with a timezone follows changes of daylight saving time', () => {
    // Sydney leaves daylight saving time on 2026-04-05.
    expect(next('cron(0 9 * * ? *)', '2026-04-04T00:00:00Z', 'Australia/Sydney')).toBe(
      '2026-04-04T23:00:00.000Z',
    );
    expect(next('cron(0 9 * * ? *)', '2026-04-03T00:00:00Z', 'Australia/Sydney')).toBe(
      '2026-04-03T22:00:00.000Z',
    );
  });

  test('with a single time runs once', () => {
    expect(next('at(2026-03-01T12:00:00)', '2026-03-01T10:00:00Z')).toBe(
      '2026-03-01T12:00:00.000Z',
    );
    expect(next('at(2026-03-01T12:00:00)', '2026-03-01T13:00:00Z')).toBeUndefined();
  });

  test.each(['rate(5)', 'rate(5 weeks)', 'cron(* * * * *)', 'every minute'])(
    'rejects %s',
    (text) => {
      expect(() => next(text, '2026-03-01T10:00:00Z')).toThrow(/rate|cron|schedule/);
    },
  );
});

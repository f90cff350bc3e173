import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  firstRate,
  pauseSeconds,
  type RateLimit,
  rateAfterRejection,
  rateAfterSuccess,
  readRateLimit,
} from '../../../lambdas/notifications/mail-rate.ts';

const unreported = readRateLimit(null);
const reported = (headers: Record<string, string>) => readRateLimit(headers);
const five = reported({
  'ratelimit-limit': '5',
  'ratelimit-remaining': '3',
  'ratelimit-reset': '1',
});

describe('reading the headers', () => {
  test('reads every field', () => {
    const headers = {
      'ratelimit-limit': '5',
      'ratelimit-policy': '5;w=1',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '1',
      'retry-after': '2',
    };
    expect(reported(headers)).toEqual({
      limit: 5,
      remaining: 0,
      resetSeconds: 1,
      windowSeconds: 1,
      retryAfterSeconds: 2,
    });
  });

  test.each(['', 'Mon, 23 Nov 2026 10:00:00 GMT', '-1', '1.5', '1234567', 'NaN'])(
    'ignores %j',
    (text) => {
      const names = ['limit', 'remaining', 'reset'].map((name) => `ratelimit-${name}`);
      const headers = [...names, 'retry-after', 'ratelimit-policy'].map((name) => [name, text]);
      expect(reported(Object.fromEntries(headers))).toEqual(unreported);
    },
  );

  test('ignores a limit of 0', () => {
    expect(reported({ 'ratelimit-limit': '0' }).limit).toBeUndefined();
  });
});

describe('the rate', () => {
  test('is 95% of the initial rate until Resend reports a limit', () => {
    expect(firstRate(5)).toBe(4.75);
    expect(rateAfterSuccess(4.75, unreported, 5)).toBe(4.75);
  });

  test('follows a lower limit at once', () => {
    expect(rateAfterSuccess(9.5, five, 10)).toBe(4.75);
  });

  test('rises to a higher limit with each mail', () => {
    let rate = firstRate(2);
    const rates = Array.from({ length: 60 }, () => {
      rate = rateAfterSuccess(rate, five, 2);
      return rate;
    });
    expect(rates[0]).toBeCloseTo(1.995);
    expect(rates.at(-1)).toBe(4.75);
  });

  test('rises carefully while no request is left', () => {
    expect(rateAfterSuccess(3, five, 5)).toBeCloseTo(3.095);
    expect(rateAfterSuccess(3, { ...five, remaining: 0 }, 5)).toBeCloseTo(3.024);
  });

  test('is a limit per second for a longer window', () => {
    const perMinute = reported({ 'ratelimit-limit': '60', 'ratelimit-policy': '60;w=60' });
    expect(rateAfterSuccess(5, perMinute, 5)).toBe(0.95);
  });

  test('falls by a fifth after a rejection, but not below a tenth of the limit', () => {
    expect(rateAfterRejection(4, five, 5)).toBeCloseTo(3.2);
    expect(rateAfterRejection(0.1, five, 5)).toBeCloseTo(0.475);
  });

  test('stays between a tenth of the limit and 95% of it', () => {
    const field = fc.option(fc.nat(999_999), { nil: undefined });
    const anyLimit: fc.Arbitrary<RateLimit> = fc.record({
      limit: fc.option(fc.integer({ min: 1, max: 999_999 }), { nil: undefined }),
      remaining: field,
      resetSeconds: field,
      windowSeconds: fc.option(fc.integer({ min: 1, max: 999_999 }), { nil: undefined }),
      retryAfterSeconds: field,
    });
    const anyStep = fc.tuple(anyLimit, fc.boolean());
    fc.assert(
      fc.property(
        fc.array(anyStep, { minLength: 1 }),
        fc.integer({ min: 1, max: 1_000 }),
        (steps, initial) => {
          let rate = firstRate(initial);
          for (const [limit, accepted] of steps) {
            rate = (accepted ? rateAfterSuccess : rateAfterRejection)(rate, limit, initial);
            expect(rate).toBeGreaterThan(0);
            expect(rate).toBeLessThanOrEqual(0.95 * Math.max(initial, limit.limit ?? 0));
          }
        },
      ),
    );
  });
});

describe('a pause', () => {
  test.each([
    ['no request is left for 30 s', { remaining: 0, resetSeconds: 30 }, 30],
    ['no request is left in a window of a second', { remaining: 0, resetSeconds: 1 }, 0],
    ['requests are left', { remaining: 1, resetSeconds: 30 }, 0],
    ['the window ends in a day', { remaining: 0, resetSeconds: 86_400 }, 900],
    ['nothing is reported', {}, 0],
  ])('%s', (_title, fields, seconds) => {
    expect(pauseSeconds({ ...unreported, ...fields })).toBe(seconds);
  });
});

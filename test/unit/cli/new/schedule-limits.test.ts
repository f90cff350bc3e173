import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { limitsOf } from '../../../../cli/new/schedule-limits.ts';

const minutes = fc.integer({ min: 1, max: 720 }).map((count) => ({
  schedule: `rate(${count} minute${count === 1 ? '' : 's'})`,
  pause: count * 60,
}));
const hours = fc.integer({ min: 1, max: 12 }).map((count) => ({
  schedule: `rate(${count} hour${count === 1 ? '' : 's'})`,
  pause: count * 3_600,
}));
// A day with the end of daylight saving has 25 hours.
const days = fc
  .record({ minute: fc.integer({ min: 0, max: 59 }), hour: fc.integer({ min: 0, max: 23 }) })
  .map(({ minute, hour }) => ({ schedule: `cron(${minute} ${hour} * * ? *)`, pause: 90_000 }));

test('the limits of every schedule pass the rules of test/unit/catalog/jobs.test.ts', () => {
  fc.assert(
    fc.property(fc.oneof(minutes, hours, days), ({ schedule, pause }) => {
      const { timeoutSeconds, maxEventAgeSeconds, overdueAfterSeconds } = limitsOf(schedule);

      expect(overdueAfterSeconds).toBeGreaterThanOrEqual(
        pause + maxEventAgeSeconds + timeoutSeconds,
      );
      expect(overdueAfterSeconds).toBeLessThanOrEqual(Math.max(5 * pause, 300));
      // Limits of Lambda: 15 minutes, and ages of 1 minute to 6 hours.
      expect(timeoutSeconds).toBeLessThanOrEqual(900);
      expect(maxEventAgeSeconds).toBeGreaterThanOrEqual(60);
      expect(maxEventAgeSeconds).toBeLessThanOrEqual(21_600);
    }),
  );
});

test.each([
  'rate(0 minutes)',
  'rate(1 minutes)',
  'rate(2 minute)',
  'rate(1 day)',
  'rate(721 minutes)',
  'rate(1.5 hours)',
  'cron(0 24 * * ? *)',
  'cron(60 1 * * ? *)',
  'cron(0 1 ? * MON *)',
  'cron(0 1 * * * *)',
  '',
])("explains that '%s' is not supported", (schedule) => {
  expect(() => limitsOf(schedule)).toThrow('expected rate(<n> minutes) or rate(<n> hours)');
});

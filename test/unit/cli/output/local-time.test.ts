import { expect, test } from '@jest/globals';
import { formatLocalTime, isIsoTime } from '../../../../cli/output/local-time.ts';

test.each([
  ['Australia/Sydney', '2026-11-28T15:15:30Z', '2026-11-29 02:15:30 AEDT'],
  ['Australia/Sydney', '2026-06-30T14:00:00Z', '2026-07-01 00:00:00 AEST'],
  ['Australia/Perth', '2026-11-28T15:15:30Z', '2026-11-28 23:15:30 AWST'],
  ['UTC', '2026-11-28T15:15:30Z', '2026-11-28 15:15:30 UTC'],
])('formats a time in %s with its zone', (zone, time, expected) => {
  expect(formatLocalTime(new Date(time), zone)).toBe(expected);
});

test('takes only complete times for times', () => {
  expect(isIsoTime('2026-11-28T15:15:30.123Z')).toBe(true);
  expect(isIsoTime('2026-11-28T15:15:30+11:00')).toBe(true);
  expect(isIsoTime('2026-11-28')).toBe(false);
  expect(isIsoTime('2026-13-28T15:15:30Z')).toBe(false);
  expect(isIsoTime('20261128')).toBe(false);
});

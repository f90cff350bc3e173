import { expect, test } from '@jest/globals';
import { displayDate, sydneyTime } from '../../../lambdas/platform/display/dates.ts';

test.each([
  ['2026-11-28T15:15:00Z', '29 Nov 2026, 2:15 am AEDT'],
  ['2026-07-01T02:00:00Z', '1 Jul 2026, 12:00 pm AEST'],
  ['2026-06-30T14:00:00Z', '1 Jul 2026, 12:00 am AEST'],
  ['2026-09-09T23:05:00Z', '10 Sep 2026, 9:05 am AEST'],
  // The hour from 2 to 3 happens twice when daylight saving ends.
  ['2026-04-04T15:30:00Z', '5 Apr 2026, 2:30 am AEDT'],
  ['2026-04-04T16:30:00Z', '5 Apr 2026, 2:30 am AEST'],
  // It is skipped when daylight saving begins.
  ['2026-10-03T15:59:00Z', '4 Oct 2026, 1:59 am AEST'],
  ['2026-10-03T16:00:00Z', '4 Oct 2026, 3:00 am AEDT'],
])('%s is %s', (iso, expected) => {
  expect(sydneyTime(iso)).toBe(expected);
});

test.each([
  ['2026-11-23', '23 Nov 2026'],
  ['2027-01-04', '4 Jan 2027'],
])('the date %s is %s', (date, expected) => {
  expect(displayDate(date)).toBe(expected);
});

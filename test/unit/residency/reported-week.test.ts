import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jobNamed } from '../../../lambdas/catalog/jobs.ts';
import { reportedWeek } from '../../../lambdas/residency/reported-week.ts';
import { nextRun } from '../../../local/aws/eventbridge/schedule-expression.ts';

const { schedule, timezone = 'UTC' } = jobNamed('report-residency');
const runAfter = (iso: string) => nextRun(schedule, timezone, new Date(iso))?.toISOString();
const hours = (at: string) => {
  const { from, to } = reportedWeek(new Date(at));
  return (to.getTime() - from.getTime()) / 3_600_000;
};

describe('the job is scheduled on Mondays at 07:00 in Sydney', () => {
  test('before and after clocks go forward on 4 October 2026', () => {
    expect(runAfter('2026-09-24T00:00:00Z')).toBe('2026-09-27T21:00:00.000Z');
    expect(runAfter('2026-09-28T00:00:00Z')).toBe('2026-10-04T20:00:00.000Z');
  });

  test('before and after clocks go back on 5 April 2026', () => {
    expect(runAfter('2026-03-26T00:00:00Z')).toBe('2026-03-29T20:00:00.000Z');
    expect(runAfter('2026-03-30T00:00:00Z')).toBe('2026-04-05T21:00:00.000Z');
  });
});

describe('the reported week', () => {
  test('ended on this Monday at midnight', () => {
    expect(reportedWeek(new Date('2026-11-22T20:00:00Z'))).toEqual({
      monday: '2026-11-16',
      from: new Date('2026-11-15T13:00:00Z'),
      to: new Date('2026-11-22T13:00:00Z'),
    });
  });

  test('ends before the first millisecond of Monday', () => {
    expect(reportedWeek(new Date('2026-11-22T12:59:59.999Z')).monday).toBe('2026-11-09');
    expect(reportedWeek(new Date('2026-11-22T13:00:00.000Z')).monday).toBe('2026-11-16');
  });

  test('has 167 hours if clocks go forward, and 169 if they go back', () => {
    expect(hours('2026-10-04T20:00:00Z')).toBe(167);
    expect(hours('2026-10-11T20:00:00Z')).toBe(168);
    expect(hours('2026-04-05T21:00:00Z')).toBe(169);
    expect(hours('2026-03-29T20:00:00Z')).toBe(168);
  });

  test('ended at most a week ago, and is followed directly by the next week', () => {
    const moments = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2040-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, (at) => {
        const { monday, from, to } = reportedWeek(at);
        expect(new Date(`${monday}T00:00:00Z`).getUTCDay()).toBe(1);
        expect(to.getTime()).toBeLessThanOrEqual(at.getTime());
        expect(at.getTime() - to.getTime()).toBeLessThan(169 * 3_600_000);
        expect(reportedWeek(new Date(to.getTime() + 7 * 24 * 3_600_000 + 3_600_000)).from).toEqual(
          to,
        );
        expect(reportedWeek(new Date(to.getTime() - 1)).to).toEqual(from);
      }),
    );
  });
});

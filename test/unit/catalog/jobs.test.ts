import { expect, test } from '@jest/globals';
import { type Job, jobs } from '../../../lambdas/catalog/jobs.ts';
import { nextRun } from '../../../local/aws/eventbridge/schedule-expression.ts';

const YEAR_MS = 366 * 86_400_000;

/** Over a year, so that both changes of the clock are in it. */
function longestPauseSeconds({ schedule, timezone = 'UTC' }: Job): number {
  const start = new Date('2026-01-01T00:00:00Z');
  let longest = 0;
  let from = nextRun(schedule, timezone, start) as Date;
  while (from.getTime() < start.getTime() + YEAR_MS) {
    const next = nextRun(schedule, timezone, from) as Date;
    longest = Math.max(longest, next.getTime() - from.getTime());
    if (schedule.startsWith('rate')) break;
    from = next;
  }
  return longest / 1_000;
}

const byTheWallClock = jobs.filter(({ schedule }: Job) => schedule.startsWith('cron'));

test.each<Job>(byTheWallClock)(
  '$name goes by the clocks of Sydney, once a day or week also where they change',
  (job) => {
    expect(job.timezone).toBe('Australia/Sydney');

    const clock = new Intl.DateTimeFormat('en-AU', {
      timeZone: 'Australia/Sydney',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    const times = new Set<string>();
    const pauses = new Set<number>();
    let from = nextRun(job.schedule, 'Australia/Sydney', new Date('2026-01-01T00:00:00Z')) as Date;
    for (let run = 0; run < 400; run += 1) {
      times.add(clock.format(from));
      const next = nextRun(job.schedule, 'Australia/Sydney', from) as Date;
      pauses.add((next.getTime() - from.getTime()) / 3_600_000);
      from = next;
    }
    const isWeekly = job.schedule.includes('MON');
    const usual = isWeekly ? 168 : 24;
    expect([...pauses].sort()).toEqual([usual - 1, usual, usual + 1].sort());
    expect(times.size).toBe(isWeekly ? 1 : 7);
  },
);

test.each<Job>([...jobs])(
  '$name is overdue once a run is lost, and not because a run is late',
  (job) => {
    const late = job.maxEventAgeSeconds + job.timeoutSeconds;

    expect(job.overdueAfterSeconds).toBeGreaterThanOrEqual(longestPauseSeconds(job) + late);
    // What runs every few minutes may lose a run or two; a day or a week later is too late to hear of it.
    expect(job.overdueAfterSeconds).toBeLessThanOrEqual(
      Math.max(5 * longestPauseSeconds(job), 300),
    );
    if (longestPauseSeconds(job) > 86_400)
      expect(job.overdueAfterSeconds).toBeLessThanOrEqual(
        longestPauseSeconds(job) + late + 3_600 * 12,
      );
  },
);

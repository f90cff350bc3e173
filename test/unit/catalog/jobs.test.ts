import { expect, test } from '@jest/globals';
import { type Job, retryAttempts, runsAgainSoon } from '../../../lambdas/catalog/job.ts';
import { jobs } from '../../../lambdas/catalog/jobs.ts';
import { nextRun } from '../../../local/aws/eventbridge/schedule-expression.ts';

const YEAR_MS = 366 * 86_400_000;

const pauses = new Map(jobs.map((job: Job) => [job.name, findLongestPause(job)]));
const longestPauseSeconds = ({ name }: Job) => pauses.get(name) ?? Number.NaN;

/** Covers a year, which contains both changes of daylight saving time. */
function findLongestPause({ schedule, timezone = 'UTC' }: Job): number {
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

const cronJobs = jobs.filter(({ schedule }: Job) => schedule.startsWith('cron'));

test.each<Job>(cronJobs)(
  '$name follows Sydney time, once a day or week even when daylight saving changes',
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
  '$name becomes overdue after a lost run, but not after a late run',
  (job) => {
    const late = job.maxEventAgeSeconds + job.timeoutSeconds;

    expect(job.overdueAfterSeconds).toBeGreaterThanOrEqual(longestPauseSeconds(job) + late);
    // A job of every few minutes may lose a run or two. An alarm a day or a week later is too late.
    expect(job.overdueAfterSeconds).toBeLessThanOrEqual(
      Math.max(5 * longestPauseSeconds(job), 300),
    );
    if (longestPauseSeconds(job) > 86_400)
      expect(job.overdueAfterSeconds).toBeLessThanOrEqual(
        longestPauseSeconds(job) + late + 3_600 * 12,
      );
  },
);

test.each<Job>([...jobs])(
  '$name keeps a failed run unless the next one follows within five minutes',
  (job) => {
    expect(runsAgainSoon(job)).toBe(longestPauseSeconds(job) <= 300);
  },
);

test.each([
  { maxEventAgeSeconds: 60, retries: 0 },
  { maxEventAgeSeconds: 61, retries: 1 },
  { maxEventAgeSeconds: 180, retries: 1 },
  { maxEventAgeSeconds: 240, retries: 2 },
])(
  'a run of at most $maxEventAgeSeconds s has $retries retries',
  ({ maxEventAgeSeconds, retries }) => {
    // Lambda retries after one minute, and again after two more.
    expect(retryAttempts({ ...(jobs[0] as Job), maxEventAgeSeconds })).toBe(retries);
  },
);

import { BadInputError } from '../command-line/errors.ts';

export interface ScheduleLimits {
  readonly timezone?: string;
  readonly timeoutSeconds: number;
  readonly maxEventAgeSeconds: number;
  readonly overdueAfterSeconds: number;
}

const MINUTE = 60;
const HOUR = 3_600;
const units: Readonly<Record<string, number>> = { minute: MINUTE, hour: HOUR };
const MAX_INTERVAL = 12 * HOUR;

/**
 * Longest age that Lambda accepts.
 * https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
 */
const MAX_EVENT_AGE = 6 * HOUR;

/**
 * Returns the limits of a job by its schedule, as test/unit/catalog/jobs.test.ts demands them.
 *
 * @throws a BadInputError for a schedule other than every few minutes or hours, and once a day.
 */
export function limitsOf(schedule: string): ScheduleLimits {
  const [, count, unit = ''] = /^rate\(([1-9]\d*) (minute|hour)s?\)$/.exec(schedule) ?? [];
  const interval = Number(count) * (units[unit] ?? Number.NaN);
  const isPlural = count !== '1';
  if (interval <= MAX_INTERVAL && schedule.endsWith(isPlural ? 's)' : `${unit})`))
    return limitsOfInterval(interval);
  if (/^cron\(([1-5]?\d) (1?\d|2[0-3]) \* \* \? \*\)$/.test(schedule)) return daily;
  throw new BadInputError(
    `--schedule '${schedule}' is not supported: expected rate(<n> minutes) or rate(<n> hours) up ` +
      'to 12 hours, or cron(<minute> <hour> * * ? *) for once a day in Sydney. For another ' +
      'schedule generate one of these, and edit lambdas/catalog/jobs.ts.',
  );
}

/** A day with the end of daylight saving has 25 hours. */
const daily: ScheduleLimits = {
  timezone: 'Australia/Sydney',
  timeoutSeconds: 300,
  maxEventAgeSeconds: 2 * HOUR,
  overdueAfterSeconds: 28 * HOUR,
};

function limitsOfInterval(interval: number): ScheduleLimits {
  const maxEventAgeSeconds = Math.min(MAX_EVENT_AGE, Math.max(MINUTE, interval - 2 * MINUTE));
  return {
    timeoutSeconds: Math.min(300, Math.max(50, interval - MINUTE)),
    maxEventAgeSeconds,
    overdueAfterSeconds: Math.max(300, 3 * interval),
  };
}

import { Cron } from 'croner';

/**
 * Returns the next run of a schedule after `from`, or undefined if there is none.
 * Reads the expressions of EventBridge Scheduler:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function nextRun(expression: string, timezone: string, from: Date): Date | undefined {
  const [, kind, argument = ''] = /^(rate|cron|at)\((.+)\)$/.exec(expression.trim()) ?? [];
  switch (kind) {
    case 'rate':
      return new Date(from.getTime() + rateMs(argument));
    case 'cron':
      return (
        new Cron(toCronerPattern(argument), { timezone, paused: true, sloppyRanges: true }).nextRun(
          from,
        ) ?? undefined
      );
    case 'at':
      return new Cron(argument, { timezone, paused: true }).nextRun(from) ?? undefined;
    default:
      throw new Error(`'${expression}' is not a schedule: expected rate(…), cron(…) or at(…).`);
  }
}

const unitMs: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

function rateMs(argument: string): number {
  const [, amount, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(argument) ?? [];
  if (amount === undefined)
    throw new Error(`'rate(${argument})' is not a rate: expected for example rate(5 minutes).`);
  return Number(amount) * (unitMs[unit] ?? 0);
}

/**
 * Converts AWS fields (minutes hours day month weekday year, Sunday is 1) to croner fields
 * (seconds first, the same order after that, Sunday is 0).
 */
function toCronerPattern(argument: string): string {
  const fields = argument.trim().split(/\s+/);
  const [minute, hour, day, month, weekday = '', year] = fields;
  if (fields.length !== 6)
    throw new Error(`'cron(${argument})' has ${fields.length} fields: expected 6.`);
  const fromSunday0 = weekday
    .replaceAll(/(?<![#/\d])\d/g, (digit) => String(Number(digit) - 1))
    .replace(/^(\w+)L$/, '$1#L');
  return `0 ${minute} ${hour} ${day} ${month} ${fromSunday0} ${year}`;
}

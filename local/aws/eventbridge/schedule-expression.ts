import { Cron } from 'croner';

/**
 * When a schedule of EventBridge Scheduler runs next, after `from`. Undefined when it never does again.
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
      throw new Error(`'${expression}' is no schedule: expected rate(…), cron(…) or at(…).`);
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
    throw new Error(`'rate(${argument})' is no rate: expected for example rate(5 minutes).`);
  return Number(amount) * (unitMs[unit] ?? 0);
}

/** AWS: minutes hours day month weekday year, with Sunday 1. croner: seconds first, the year last too, with Sunday 0. */
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

import type { TypedArguments } from './command.ts';
import { BadInputError } from './errors.ts';

const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
};

/**
 * Converts an age such as `2h` or `7d`, and a local time such as `2026-11-29 02:15`, to UTC.
 * Returns other text unchanged; the contract of the command validates it.
 */
export function parseTime(text: string, now: Date): string {
  const [, amount, unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  if (amount !== undefined)
    return toIso(now.getTime() - Number(amount) * (SECONDS[unit] ?? 0) * 1_000) ?? text;
  const [, date, time = '00:00'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?$/.exec(text) ?? [];
  return date === undefined ? text : (toIso(Date.parse(`${date}T${time}`)) ?? text);
}

/** Returns undefined outside the years that ISO 8601 writes with four digits. */
function toIso(milliseconds: number): string | undefined {
  const year = new Date(milliseconds).getUTCFullYear();
  return year >= 0 && year <= 9_999 ? new Date(milliseconds).toISOString() : undefined;
}

/** A clock of another machine may be ahead by less. */
const CLOCK_MS = 60_000;

/**
 * Checks that events can be in the period from --since to --until.
 *
 * @param times Converted times.
 * @param typed The same times as typed.
 * @throws a BadInputError for a period that is empty, for example because of a wrong year.
 */
export function checkPeriod(
  times: TypedArguments,
  typed: Readonly<Record<string, unknown>>,
  now: Date,
): void {
  const since = Date.parse(String(times['since']));
  const until = Date.parse(String(times['until']));
  const subject = `--since '${typed['since']}' is invalid: expected a time`;
  if (since > now.getTime() + CLOCK_MS)
    throw new BadInputError(`${subject} in the past, or an age such as 2h or 7d.`);
  if (since >= until) throw new BadInputError(`${subject} before --until '${typed['until']}'.`);
}

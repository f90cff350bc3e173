export const REPORT_TIMEZONE = 'Australia/Sydney';

/**
 * Week from Monday 00:00 to the next Monday 00:00 in Sydney. A week with a daylight-saving change
 * has 167 or 169 hours.
 */
export interface ReportedWeek {
  /** Date of the Monday, such as `2026-11-16`. */
  readonly monday: string;
  readonly from: Date;
  readonly to: Date;
}

/** Returns the last week that has ended at this time. */
export function reportedWeek(at: Date): ReportedWeek {
  const today = localDate(at);
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7;
  return weekOf(daysAfter(today, -weekday - 7));
}

/** @param monday Date of the Monday, such as `2026-11-16`. */
export function weekOf(monday: string): ReportedWeek {
  return { monday, from: midnight(monday), to: midnight(daysAfter(monday, 7)) };
}

const dates = new Intl.DateTimeFormat('en-CA', { timeZone: REPORT_TIMEZONE });
const localDate = (at: Date) => dates.format(at);

/** Adds days to a date such as `2026-11-16`. */
export const daysAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/**
 * Returns the start of a date in Sydney, 10 or 11 hours before that in UTC. Clocks change at 02:00
 * and 03:00, so each day has exactly one midnight.
 */
function midnight(date: string): Date {
  const utc = Date.parse(`${date}T00:00:00Z`);
  const summerTime = new Date(utc - 11 * 3_600_000);
  return localDate(summerTime) === date ? summerTime : new Date(utc - 10 * 3_600_000);
}

/** Returns the Mondays from the first to the last one, both included. */
export function mondaysBetween(first: string, last: string): readonly string[] {
  const mondays: string[] = [];
  for (let monday = first; monday <= last; monday = daysAfter(monday, 7)) mondays.push(monday);
  return mondays;
}

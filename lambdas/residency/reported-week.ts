export const REPORT_TIMEZONE = 'Australia/Sydney';

/** From Monday 00:00 to the Monday after, by the clocks of Sydney: 167 or 169 hours where they are changed. */
export interface ReportedWeek {
  /** Its Monday, `2026-11-16`. */
  readonly monday: string;
  readonly from: Date;
  readonly to: Date;
}

/** The last week that was over at this moment. */
export function reportedWeek(at: Date): ReportedWeek {
  const today = localDate(at);
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7;
  const monday = daysAfter(today, -weekday - 7);
  return { monday, from: midnight(monday), to: midnight(daysAfter(monday, 7)) };
}

const dates = new Intl.DateTimeFormat('en-CA', { timeZone: REPORT_TIMEZONE });
const localDate = (at: Date) => dates.format(at);

/** Of dates such as `2026-11-16`. */
export const daysAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** Clocks are changed at 02:00 and 03:00, so every day has exactly one midnight, 10 or 11 hours before that of UTC. */
function midnight(date: string): Date {
  const utc = Date.parse(`${date}T00:00:00Z`);
  const early = new Date(utc - 11 * 3_600_000);
  return localDate(early) === date ? early : new Date(utc - 10 * 3_600_000);
}

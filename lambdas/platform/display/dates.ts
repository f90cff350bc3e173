const format = new Intl.DateTimeFormat('en-AU', {
  timeZone: 'Australia/Sydney',
  day: 'numeric',
  month: 'numeric',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  hourCycle: 'h23',
});

// Writes the offset as "GMT+11:00". The short form differs between runtimes: "AEDT" or "GMT+11".
const offset = new Intl.DateTimeFormat('en-AU', {
  timeZone: 'Australia/Sydney',
  timeZoneName: 'longOffset',
});

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const zones: Readonly<Record<string, string>> = { 'GMT+11:00': 'AEDT', 'GMT+10:00': 'AEST' };

/**
 * Formats a time for people in the portal's time zone: `29 Nov 2026, 2:15 am AEDT`. The zone
 * distinguishes the two equal local times when daylight saving ends. The text is composed here,
 * because the months and spaces of `Intl` differ between runtimes, and a mail must keep its bytes.
 */
export function sydneyTime(iso: string): string {
  const at = new Date(iso);
  const { year, month, day, hour, minute } = partsOf(format, at);
  const zone = partsOf(offset, at)['timeZoneName'] ?? '';
  const hours = Number(hour);
  const clock = `${hours % 12 || 12}:${minute} ${hours < 12 ? 'am' : 'pm'}`;
  const date = displayDate(`${year}-${month}-${day}`);
  return `${date}, ${clock} ${zones[zone] ?? zone}`;
}

/** Formats a date such as `2026-11-23` for people: `23 Nov 2026`. */
export function displayDate(date: string): string {
  const [year, month, day] = date.split('-').map(Number);
  return `${day} ${months[(month ?? 0) - 1]} ${year}`;
}

const partsOf = (formatter: Intl.DateTimeFormat, at: Date): Readonly<Record<string, string>> =>
  Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]));

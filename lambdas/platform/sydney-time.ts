const format = new Intl.DateTimeFormat('en-AU', {
  timeZone: 'Australia/Sydney',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

// Writes the offset as "GMT+11:00". The short form differs between runtimes: "AEDT" or "GMT+11".
const offset = new Intl.DateTimeFormat('en-AU', {
  timeZone: 'Australia/Sydney',
  timeZoneName: 'longOffset',
});

/**
 * Formats a time for people in the portal's time zone: `2026-10-04 03:00 UTC+11:00`. The offset
 * distinguishes the two equal local times when daylight saving ends.
 */
export function sydneyTime(iso: string): string {
  const at = new Date(iso);
  const parts = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, value]),
  );
  const zone = offset.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const { year, month, day, hour, minute } = parts;
  return `${year}-${month}-${day} ${hour}:${minute} ${zone.replace('GMT', 'UTC')}`;
}

const format = new Intl.DateTimeFormat('en-AU', {
  timeZone: 'Australia/Sydney',
  ...{
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
});

// The same moment is AEST or AEDT, by whether clocks are forward; other runtimes write "GMT+10".
const offset = new Intl.DateTimeFormat('en-AU', {
  timeZone: 'Australia/Sydney',
  timeZoneName: 'longOffset',
});

/** `2026-10-04 03:00 UTC+11:00`: the portal's own clock, with what tells two times apart when clocks go back. */
export function sydneyTime(iso: string): string {
  const at = new Date(iso);
  const parts = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, value]),
  );
  const zone = offset.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const { year, month, day, hour, minute } = parts;
  return `${year}-${month}-${day} ${hour}:${minute} ${zone.replace('GMT', 'UTC')}`;
}

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

const isToday = (date: Date) => date.toDateString() === new Date().toDateString();

/** Shows a time in the zone of this computer; the title holds date and zone. */
export function Time({ at }: { readonly at: string }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={full.format(date)}>
      {isToday(date) ? null : <span className="date">{day.format(date)} </span>}
      {clock.format(date)}
    </time>
  );
}

const zoneName = new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' });

/** Zone of all times that the page shows: its short name today, and its place. */
export const timeZone = () => ({
  name: zoneName.formatToParts().find(({ type }) => type === 'timeZoneName')?.value ?? 'local time',
  place: zoneName.resolvedOptions().timeZone,
});

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** Formats the time since `at`, for example `5 min`. */
export function formatAge(at: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1_000));
  const unit = UNITS.find(([, length]) => seconds >= length);
  return unit === undefined ? `${seconds} s` : `${Math.floor(seconds / unit[1])} ${unit[0]}`;
}

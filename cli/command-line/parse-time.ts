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

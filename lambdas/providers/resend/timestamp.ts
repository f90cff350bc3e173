/**
 * Reads a time of Resend; undefined if the text is no time. Resend uses three forms:
 * `2026-01-02T03:04:05.678Z`, `2026-01-02T03:04:05.678901+00:00` and
 * `2026-01-02 03:04:05.678901+00`.
 */
export function parseResendTime(text: string): Date | undefined {
  const time = new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Formats a number with a comma between thousands: `12,345`. */
export const formatNumber = (number: number): string => number.toLocaleString('en-AU');

/** Returns a number with its noun, such as `1 event` or `12,345 events`. */
export const formatCount = (number: number, noun: string): string =>
  `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`;

/** Formats a share such as `93.6%`. Never rounds a part to 0% or 100%, which would hide it. */
export function formatShare(part: number, whole: number): string {
  if (part === 0 || part === whole) return part === 0 ? '0%' : '100%';
  const percent = (part / whole) * 100;
  if (percent < 0.1) return 'under 0.1%';
  return percent > 99.9 ? 'over 99.9%' : `${percent.toFixed(1)}%`;
}

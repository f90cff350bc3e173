import type { ResidencyRow } from '../summarize.ts';
import { regionText } from './report-text.ts';

const columns = [
  'provider',
  'region',
  'basis',
  'verdict',
  'assets',
  'bytes',
  'assetsWithoutBytes',
  'durationSeconds',
  'assetsWithoutDuration',
  'addedInWeek',
  'contradicted',
] as const satisfies readonly (keyof ResidencyRow)[];

/** Composes CSV: https://www.rfc-editor.org/rfc/rfc4180 */
export function csvReport(rows: readonly ResidencyRow[]): string {
  const lines = rows.map((row) =>
    columns.map((column) => csvCell(column === 'region' ? regionText(row.region) : row[column])),
  );
  return `${[columns, ...lines].map((line) => line.join(',')).join('\r\n')}\r\n`;
}

function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  // Spreadsheets evaluate text that begins like a formula:
  // https://owasp.org/www-community/attacks/CSV_Injection
  const escaped = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}

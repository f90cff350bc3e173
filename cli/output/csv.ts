import { BadInputError } from '../command-line/errors.ts';
import { columnsOf, type FlatRecord, isRecordList } from './records.ts';

/**
 * Formats the list of a result as CSV (RFC 4180), or the whole result as one row.
 *
 * @throws a BadInputError if the result holds several lists.
 */
export function formatCsv(result: FlatRecord): string {
  const lists = Object.entries(result).filter(([, value]) => Array.isArray(value));
  if (lists.length > 1) {
    const names = lists.map(([name]) => name).join(', ');
    throw new BadInputError(`--csv: the answer holds several lists (${names}). Use --json.`);
  }
  const [list] = lists.map(([, value]) => value as readonly unknown[]);
  if (list === undefined) return toCsv([result]);
  if (list.length === 0) return '';
  return toCsv(isRecordList(list) ? list : list.map((value) => ({ value })));
}

export function toCsv(records: readonly FlatRecord[]): string {
  const columns = columnsOf(records);
  const rows = records.map((record) => columns.map((column) => cell(record[column])));
  return [columns.map(cell), ...rows].map((row) => row.join(',')).join('\r\n');
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // Spreadsheets run cells that begin like a formula:
  // https://owasp.org/www-community/attacks/CSV_Injection
  const inert = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

import type { OperationResult } from './operations-client.ts';

/** Formats a result for people: each list as a table, every other field on its own line. */
export function formatResult(result: OperationResult): string {
  return Object.entries(result)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => formatField(name, value))
    .join('\n');
}

function formatField(name: string, value: unknown): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return `${name}: none`;
    return value.every(isRecord)
      ? `${name}:\n${formatTable(value)}`
      : `${name}:\n${formatJson(value)}`;
  }
  return isRecord(value) ? `${name}:\n${formatJson(value)}` : `${name}: ${formatCell(value)}`;
}

const formatJson = (value: unknown) => JSON.stringify(value, null, 2).replaceAll(/^/gm, '  ');

const isRecord = (value: unknown): value is OperationResult =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function formatTable(rows: readonly OperationResult[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => columns.map((column) => formatCell(row[column])));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((row) => (row[index] ?? '').length)),
  );
  const line = (texts: readonly string[]) =>
    `  ${texts.map((text, index) => text.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd();
  const rule = line(widths.map((width) => '─'.repeat(width)));
  return [line(columns), rule, ...cells.map(line)].join('\n');
}

function formatCell(value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

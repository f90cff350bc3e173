import type { Answer } from './operations-client.ts';

/** For people: each list of the answer as a table, the rest line by line. */
export function show(answer: Answer): string {
  return Object.entries(answer)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => section(name, value))
    .join('\n');
}

function section(name: string, value: unknown): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return `${name}: none`;
    return value.every(isFlatRecord)
      ? `${name}:\n${table(value as Answer[])}`
      : `${name}:\n${json(value)}`;
  }
  if (typeof value === 'object' && value !== null) return `${name}:\n${json(value)}`;
  return `${name}: ${cell(value)}`;
}

const json = (value: unknown) => JSON.stringify(value, null, 2).replaceAll(/^/gm, '  ');

const isFlatRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function table(rows: readonly Answer[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => columns.map((column) => cell(row[column])));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((line) => (line[index] ?? '').length)),
  );
  const line = (texts: readonly string[]) =>
    `  ${texts.map((text, index) => text.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd();
  return [line(columns), line(widths.map((width) => '─'.repeat(width))), ...cells.map(line)].join(
    '\n',
  );
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

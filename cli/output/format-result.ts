import { styleText } from 'node:util';
import { printable } from './printable.ts';
import { type FlatRecord, isRecord, isRecordList } from './records.ts';
import { formatCell, formatTable } from './table.ts';

/** Formats a result for people: each list as a table, every other field on its own line. */
export function formatResult(result: FlatRecord, columns: number): string {
  const fields = Object.entries(result).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const width = Math.max(
    0,
    ...fields.filter(([, value]) => isPlain(value)).map(([name]) => name.length),
  );
  return fields.map(([name, value]) => formatField(name, value, width, columns)).join('\n');
}

const isPlain = (value: unknown) => typeof value !== 'object';

function formatField(name: string, value: unknown, width: number, columns: number): string {
  const heading = styleText('bold', name);
  if (isRecordList(value)) return `\n${heading}\n${formatTable(value, columns)}`;
  if (Array.isArray(value) && value.length === 0) return `${heading}: none`;
  if (Array.isArray(value) || isRecord(value)) return `${heading}:\n${indentJson(value)}`;
  return `${styleText('bold', name.padEnd(width))}  ${formatCell(value)}`;
}

const indentJson = (value: unknown) =>
  printable(JSON.stringify(value, null, 2)).replaceAll(/^/gm, '  ');

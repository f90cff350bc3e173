import { styleText } from 'node:util';
import { printable } from './printable.ts';
import { type FlatRecord, isRecord, isRecordList } from './records.ts';
import { formatFields, formatTable } from './table.ts';

/** Formats a result for people: each list as a table, every other field on its own line. */
export function formatResult(result: FlatRecord, columns: number): string {
  const fields = Object.entries(result).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const plain = fields.filter(([, value]) => typeof value !== 'object');
  const nested = fields.filter(([, value]) => typeof value === 'object');
  return [
    ...(plain.length === 0 ? [] : [formatFields(Object.fromEntries(plain))]),
    ...nested.map(([name, value]) => formatNested(name, value, columns)),
  ].join('\n\n');
}

function formatNested(name: string, value: unknown, columns: number): string {
  const heading = styleText('bold', name);
  if (isRecordList(value)) return `${heading}\n${formatTable(value, columns, name)}`;
  if (Array.isArray(value) && value.length === 0) return `${heading}: none`;
  // A record of plain fields needs no braces.
  if (isRecord(value) && !Object.values(value).some(isDeep))
    return `${heading}\n${indent(formatFields(value))}`;
  return `${heading}\n${indent(printable(JSON.stringify(value, null, 2)))}`;
}

/** True for a value that is unreadable on one line. */
const isDeep = (value: unknown) => JSON.stringify(value ?? null).length > 200;

const indent = (text: string) => text.replaceAll(/^/gm, '  ');

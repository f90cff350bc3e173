import { stripVTControlCharacters, styleText } from 'node:util';
import CliTable from 'cli-table3';
import { formatLocalTime, isIsoTime } from './local-time.ts';
import { printable } from './printable.ts';
import { columnsOf, type FlatRecord } from './records.ts';

/** Smallest width to which a column of long text shrinks. */
const SHORTEST_TEXT = 16;
const GAP = 2;

/**
 * Formats records as a table that fits the terminal. Long texts are cut, but neither ids nor times,
 * because people copy them. Prints one field per line if the rest does not fit.
 */
export function formatTable(records: readonly FlatRecord[], columns: number): string {
  const names = columnsOf(records);
  const rows = records.map((record) => names.map((name) => formatCell(record[name])));
  const widths = names.map((name, index) =>
    Math.max(name.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const fitting = shrinkToFit(widths, textColumns(records, names), columns);
  return fitting === undefined ? formatStacked(names, rows) : drawTable(names, rows, fitting);
}

/** Returns the columns whose cells hold spaces: sentences, which may be cut. */
const textColumns = (records: readonly FlatRecord[], names: readonly string[]) =>
  names.flatMap((name, index) =>
    records.some((record) => {
      const value = record[name];
      return typeof value === 'object' || (typeof value === 'string' && value.includes(' '));
    })
      ? [index]
      : [],
  );

/** Shrinks the widest text columns. Returns undefined if the table cannot fit. */
function shrinkToFit(
  widths: readonly number[],
  shrinkable: readonly number[],
  columns: number,
): readonly number[] | undefined {
  const fitted = [...widths];
  const total = () => fitted.reduce((sum, width) => sum + width + GAP, -GAP);
  while (total() > columns) {
    const widest = shrinkable
      .filter((index) => (fitted[index] ?? 0) > SHORTEST_TEXT)
      .toSorted((one, other) => (fitted[other] ?? 0) - (fitted[one] ?? 0))[0];
    if (widest === undefined) return undefined;
    const excess = total() - columns;
    fitted[widest] = Math.max(SHORTEST_TEXT, (fitted[widest] ?? 0) - excess);
  }
  return fitted;
}

const noBorders = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((name) => [name, '']),
);

function drawTable(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
): string {
  const last = widths.length - 1;
  const table = new CliTable({
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: widths.map((width, index) => (index === last ? width : width + GAP)),
  });
  table.push(
    names.map((name) => styleText('bold', name)),
    // The gap belongs to the column, so the cell is cut before cli-table3 would cut it.
    ...rows.map((row) => row.map((cell, index) => cut(cell, widths[index] ?? 0))),
  );
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const cut = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text;

function formatStacked(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = Math.max(...names.map((name) => name.length));
  return rows
    .map((row) =>
      names
        .map((name, index) => `${styleText('bold', name.padEnd(width))}  ${row[index]}`)
        .join('\n'),
    )
    .join('\n\n');
}

/** Formats one value on one line; an en dash stands for no value. */
export function formatCell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (isIsoTime(text)) return formatLocalTime(new Date(text));
  return printable(stripVTControlCharacters(text)).replaceAll(/\s+/g, ' ');
}

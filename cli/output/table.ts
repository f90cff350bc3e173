import { stripVTControlCharacters, styleText } from 'node:util';
import CliTable from 'cli-table3';
import { formatLocalTime, isIsoTime } from './local-time.ts';
import { printable } from './printable.ts';
import { columnsOf, type FlatRecord } from './records.ts';

/** Smallest width to which a column of sentences shrinks. */
const SHORTEST_TEXT = 16;
/** Smallest width of a column whose cells continue on the next line, such as ids. */
const SHORTEST_WRAPPED = 16;
const GAP = 2;

/** Columns that a narrow terminal shows, by the name of the list. */
const essentialColumns: Readonly<Record<string, readonly string[]>> = {
  events: ['receivedAt', 'provider', 'type', 'status', 'event', 'error'],
  jobs: ['name', 'schedule', 'timezone', 'last', 'due', 'error'],
  runs: ['job', 'status', 'scheduledAt', 'durationMs', 'error'],
};

/**
 * Formats records as a table that fits the terminal. In a narrow one, leaves out columns without
 * values, cuts sentences, shows only the essential columns, and continues ids and times on the next
 * line, in this order. Prints one field per line if that is not enough.
 */
export function formatTable(
  records: readonly FlatRecord[],
  columns: number,
  listName = '',
): string {
  const all = columnsOf(records);
  const filled = all.filter((name) => records.some((record) => !isEmpty(record[name])));
  const essential = essentialColumns[listName]?.filter((name) => filled.includes(name));
  const attempts: readonly Layout[] = [
    { names: all, shortest: 'whole' },
    { names: filled, shortest: 'whole' },
    { names: filled, shortest: 'cut' },
    ...(essential === undefined ? [] : [{ names: essential, shortest: 'cut' } as const]),
    { names: essential ?? filled, shortest: 'wrapped' },
  ];
  for (const layout of attempts) {
    const widths = widthsFor(records, layout, columns);
    if (widths !== undefined) return drawTable(records, layout.names, widths);
  }
  return formatStacked(records, all);
}

interface Layout {
  readonly names: readonly string[];
  /** `whole`: no cell is shortened. `cut`: sentences are. `wrapped`: other cells continue. */
  readonly shortest: 'whole' | 'cut' | 'wrapped';
}

const isEmpty = (value: unknown) => value === null || value === undefined || value === '';

/** Returns the width of each column, or undefined if the table cannot fit. */
function widthsFor(
  records: readonly FlatRecord[],
  { names, shortest }: Layout,
  columns: number,
): readonly number[] | undefined {
  const widths = names.map((name) =>
    Math.max(name.length, ...records.map((record) => formatCell(record[name]).length)),
  );
  const least = names.map((name, index) => {
    const width = widths[index] ?? 0;
    if (shortest === 'whole') return width;
    if (isText(records, name)) return Math.min(width, Math.max(SHORTEST_TEXT, name.length));
    if (shortest === 'cut') return width;
    const wrapped = isTime(records, name) ? shortestTime(records, name) : SHORTEST_WRAPPED;
    return Math.min(width, Math.max(wrapped, name.length));
  });
  const isFirst = names.map((name) => isTime(records, name));
  return shrink({ widths, least, isFirst }, columns);
}

/** Length from which a cell with spaces counts as a sentence. */
const SENTENCE = 24;

/** True for a column with sentences or nested values, which may be cut. */
const isText = (records: readonly FlatRecord[], name: string): boolean =>
  records.some((record) => {
    const value = record[name];
    return (
      (typeof value === 'object' && value !== null) ||
      (typeof value === 'string' && value.includes(' ') && value.length > SENTENCE)
    );
  });

const isTime = (records: readonly FlatRecord[], name: string): boolean =>
  records.some((record) => isIsoTime(String(record[name])));

/** Width of a time whose date is on a line of its own. */
const shortestTime = (records: readonly FlatRecord[], name: string): number =>
  Math.max(...records.map((record) => formatCell(record[name]).length - '2026-01-01 '.length));

interface Widths {
  readonly widths: readonly number[];
  readonly least: readonly number[];
  /** Columns that shrink before all others: a time is readable on two lines. */
  readonly isFirst: readonly boolean[];
}

/** Shrinks the widest columns until the table fits. */
function shrink(
  { widths, least, isFirst }: Widths,
  columns: number,
): readonly number[] | undefined {
  const fitted = [...widths];
  const slack = (index: number) => (fitted[index] ?? 0) - (least[index] ?? 0);
  let excess = fitted.reduce((sum, width) => sum + width + GAP, -GAP) - columns;
  while (excess > 0) {
    const [widest] = fitted
      .map((width, index) => ({ width, index }))
      .filter(({ index }) => slack(index) > 0)
      .toSorted(
        (one, other) =>
          Number(isFirst[other.index]) - Number(isFirst[one.index]) || other.width - one.width,
      );
    if (widest === undefined) return undefined;
    // A time that does not fit is as narrow as its longer line.
    const taken = isFirst[widest.index]
      ? slack(widest.index)
      : Math.min(excess, slack(widest.index));
    fitted[widest.index] = widest.width - taken;
    excess -= taken;
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
  records: readonly FlatRecord[],
  names: readonly string[],
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
    ...records.map((record) =>
      names.map((name, index) => {
        const cell = formatCell(record[name]);
        const width = widths[index] ?? 0;
        return isText(records, name) && !isTime(records, name)
          ? cut(cell, width)
          : wrap(cell, width);
      }),
    ),
  );
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const cut = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text;

/** Continues a cell on the next line, a time after its date. */
function wrap(text: string, width: number): string {
  if (text.length <= width) return text;
  if (/^\d{4}-\d\d-\d\d /.test(text)) return text.replace(' ', '\n');
  const parts = Math.ceil(text.length / width);
  return Array.from({ length: parts }, (_, part) =>
    text.slice(part * width, (part + 1) * width),
  ).join('\n');
}

function formatStacked(records: readonly FlatRecord[], names: readonly string[]): string {
  return records.map((record) => formatFields(record, names)).join('\n\n');
}

/** Formats one field per line, with aligned values. */
export function formatFields(
  record: FlatRecord,
  names: readonly string[] = Object.keys(record),
): string {
  const width = Math.max(0, ...names.map((name) => name.length));
  return names
    .map((name) => `${styleText('bold', name.padEnd(width))}  ${formatCell(record[name])}`)
    .join('\n');
}

/** Formats one value on one line; an en dash stands for no value. */
export function formatCell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (isIsoTime(text)) return formatLocalTime(new Date(text));
  return printable(stripVTControlCharacters(text)).replaceAll(/\s+/g, ' ');
}

import { styleText } from 'node:util';
import type { Terminal } from '../command-line/terminal.ts';
import { toCsv } from './csv.ts';
import type { OutputFormat } from './print-result.ts';
import { columnsOf, type FlatRecord } from './records.ts';
import { formatCell } from './table.ts';

/**
 * Returns a function that prints one record at a time: one line of JSON, one row of CSV after the
 * header, or one line for people.
 */
export function makeRowPrinter(
  format: OutputFormat,
  { out, columns }: Pick<Terminal, 'out' | 'columns'>,
): (record: FlatRecord) => void {
  let hasHeader = false;
  return (record) => {
    if (format === 'json') out(JSON.stringify(record));
    else if (format === 'table') out(formatRow(record, columns));
    else {
      const [header = '', ...rows] = toCsv([record]).split('\r\n');
      if (!hasHeader) out(header);
      hasHeader = true;
      out(rows.join('\r\n'));
    }
  };
}

/** Colours of the words that a row may contain. */
const colours = {
  processed: 'green',
  succeeded: 'green',
  failed: 'yellow',
  exhausted: 'red',
} as const;

function formatRow(record: FlatRecord, columns: number): string {
  const cells = columnsOf([record])
    .filter((name) => record[name] !== null && record[name] !== undefined)
    .map((name) => formatCell(record[name]));
  const text = cells.join('  ');
  const line = text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
  const word = Object.keys(colours).find((one) => cells.includes(one));
  return word === undefined ? line : line.replace(word, paint(word as keyof typeof colours));
}

const paint = (word: keyof typeof colours) => styleText(colours[word], word);

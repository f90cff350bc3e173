import * as z from 'zod';
import { BadInputError } from '../command-line/errors.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { formatCsv } from './csv.ts';
import { formatResult } from './format-result.ts';
import type { FlatRecord } from './records.ts';

/** Options of every program that prints a result. */
export const outputOptions = {
  json: z.boolean().default(false).describe('Print JSON; the default if the output is piped'),
  csv: z.boolean().default(false).describe('Print CSV'),
  table: z.boolean().default(false).describe('Print tables, also into a pipe'),
};

export type OutputFormat = 'json' | 'csv' | 'table';

/** @throws a BadInputError for more than one format. */
export function chooseFormat(
  given: Readonly<Record<string, unknown>>,
  isTty: boolean,
): OutputFormat {
  const chosen = (['json', 'csv', 'table'] as const).filter((name) => given[name] === true);
  if (chosen.length > 1)
    throw new BadInputError(
      `Choose one output format: ${chosen.map((name) => `--${name}`).join(' and ')} were given.`,
    );
  return chosen[0] ?? (isTty ? 'table' : 'json');
}

/** Prints a result in the chosen format. JSON is indented on a terminal, and one line in a pipe. */
export function printResult(
  result: FlatRecord,
  format: OutputFormat,
  { out, columns, isTty }: Pick<Terminal, 'out' | 'columns' | 'isTty'>,
): void {
  const text = formatAs(result, format, { columns, isTty });
  if (text !== '') out(text);
}

function formatAs(
  result: FlatRecord,
  format: OutputFormat,
  { columns, isTty }: Pick<Terminal, 'columns' | 'isTty'>,
): string {
  switch (format) {
    case 'json':
      return escapeC1(JSON.stringify(result, null, isTty ? 2 : 0));
    case 'csv':
      return formatCsv(result);
    case 'table':
      return formatResult(result, columns);
  }
}

/** Escapes the control characters that JSON leaves as they are. */
const escapeC1 = (json: string) =>
  json.replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

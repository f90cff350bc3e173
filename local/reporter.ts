import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';

/** Where everything goes that a person may want to read while it runs. */
export interface Reporter {
  say(line: string): void;
  warn(line: string): void;
  /** One line that a function wrote. */
  functionOutput(functionName: string, line: string): void;
  /** What a function's log does not say itself: crashes, timeouts. */
  functionFault(functionName: string, fault: string): void;
  close(): void;
}

export interface ReporterOptions {
  readonly logDirectory: string;
  readonly quiet?: boolean;
  /** Every line of every function as it is, metrics too. */
  readonly verbose?: boolean;
}

export function makeReporter({
  logDirectory,
  quiet = false,
  verbose = false,
}: ReporterOptions): Reporter {
  const files = new Map<string, WriteStream>();
  const print = (line: string) => {
    if (!quiet) process.stdout.write(`${line}\n`);
  };
  const file = (name: string) => {
    const open = files.get(name) ?? createWriteStream(openable(logDirectory, name), { flags: 'a' });
    files.set(name, open);
    return open;
  };
  return {
    say: print,
    warn: (line) => print(styleText('yellow', line)),
    functionOutput(name, line) {
      file(name).write(`${line}\n`);
      const shown = verbose ? line : short(line);
      if (shown !== undefined) print(styleText('dim', `${clock()} ${name}  ${shown}`));
    },
    functionFault(name, fault) {
      file(name).write(`${fault}\n`);
      print(styleText('red', `${clock()} ${name}  ${fault}`));
    },
    close() {
      for (const open of files.values()) open.end();
    },
  };
}

function openable(directory: string, name: string): string {
  mkdirSync(directory, { recursive: true });
  return join(directory, `${name}.log`);
}

const clock = () => new Date().toISOString().slice(11, 19);

const SHOWN_FIELDS = 6;

/** A structured line on one row of a terminal; undefined for metrics. */
export function short(line: string): string | undefined {
  const record = parse(line);
  if (record === undefined) return line;
  if ('_aws' in record) return undefined;
  const { level, message, timestamp: _, error, ...fields } = record;
  const shown = Object.entries(fields)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .slice(0, SHOWN_FIELDS)
    .map(([name, value]) => `${name}=${value}`);
  const fault = (error as { message?: unknown } | undefined)?.message;
  return [level, message, ...shown, ...(fault === undefined ? [] : [`error=${fault}`])].join(' ');
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

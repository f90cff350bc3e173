import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { shortenLine } from './log-line.ts';

/** Prints to the terminal, and writes the output of functions to log files. */
export interface Reporter {
  print(line: string): void;
  warn(line: string): void;
  /** Handles one line of a function's output. */
  functionOutput(functionName: string, line: string): void;
  /** Handles an error that a function does not log itself, such as a crash or a timeout. */
  functionError(functionName: string, error: string): void;
  close(): void;
}

export interface ReporterOptions {
  readonly logDirectory: string;
  readonly quiet?: boolean;
  /** If true, prints every line of every function unchanged, including metrics. */
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
    const known = files.get(name);
    if (known !== undefined) return known;
    const open = createWriteStream(logFile(logDirectory, name), { flags: 'a' });
    // An error that nothing listens for, such as a full disk, would end the process.
    open.on('error', ({ message }) => print(styleText('yellow', `Log not written: ${message}`)));
    files.set(name, open);
    return open;
  };
  return {
    print,
    warn: (line) => print(styleText('yellow', line)),
    functionOutput(name, line) {
      file(name).write(`${line}\n`);
      const shown = verbose ? line : shortenLine(line);
      if (shown !== undefined) print(styleText('dim', `${clock()} ${name}  ${shown}`));
    },
    functionError(name, error) {
      file(name).write(`${error}\n`);
      print(styleText('red', `${clock()} ${name}  ${error}`));
    },
    close() {
      for (const open of files.values()) open.end();
    },
  };
}

function logFile(directory: string, name: string): string {
  mkdirSync(directory, { recursive: true });
  return join(directory, `${name}.log`);
}

const clock = () => new Date().toISOString().slice(11, 19);

import { exitCodes } from './exit-codes.ts';
import { reasonOf } from './file-errors.ts';

/** Everything that a command reads from and writes to the terminal in which it runs. */
export interface Terminal {
  readonly now: () => Date;
  /** Prints the answer of a command. */
  readonly out: (text: string) => void;
  /** Prints progress and errors, so that the answer can be piped. */
  readonly err: (text: string) => void;
  /** False if the answer goes to a pipe or a file. */
  readonly isTty: boolean;
  /** Width of the terminal in characters. */
  readonly columns: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Returns a signal that Ctrl-C aborts. Without a call, Ctrl-C ends the process. */
  readonly interruption: () => AbortSignal;
}

const DEFAULT_COLUMNS = 80;

/** Returns the width that a shell exports, for answers that go into a pipe such as `less`. */
export function columnsOf({ COLUMNS }: Readonly<Record<string, string | undefined>>) {
  return /^[1-9]\d{1,3}$/.test(COLUMNS ?? '') ? Number(COLUMNS) : undefined;
}

/** Opens the terminal of this process. */
export function openTerminal(): Terminal {
  // Ignores a closed standard error: the exit code still states the outcome.
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of a pipe may close it early, for example `head`.
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
    process.stderr.write(`The output cannot be written: ${reasonOf(error) ?? error.message}.\n`);
    process.exit(exitCodes.failed);
  });
  let interruption: AbortSignal | undefined;
  return {
    now: () => new Date(),
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    isTty: process.stdout.isTTY === true,
    columns: process.stdout.columns || columnsOf(process.env) || DEFAULT_COLUMNS,
    environment: process.env,
    interruption: () => {
      interruption ??= onSignal();
      return interruption;
    },
  };
}

function onSignal(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort()).once('SIGTERM', () => controller.abort());
  return controller.signal;
}

import type { Program } from '../../cli/command-line/command.ts';
import { readArguments } from '../../cli/command-line/read-arguments.ts';
import { runProgram, selectCommand } from '../../cli/command-line/run-program.ts';
import type { Terminal } from '../../cli/command-line/terminal.ts';
import { makeProgram } from '../../cli/ops/ops-program.ts';

export const opsProgram = makeProgram('npm run ops --', '0.0.0');

export interface RecordedTerminal extends Terminal {
  readonly printed: string[];
  readonly errors: string[];
}

/** Makes a terminal that records what a command prints. */
export function recordTerminal(given: Partial<Terminal> = {}): RecordedTerminal {
  const printed: string[] = [];
  const errors: string[] = [];
  return {
    printed,
    errors,
    now: () => new Date('2026-03-08T12:00:00Z'),
    out: (text) => printed.push(text),
    err: (text) => errors.push(text),
    isTty: true,
    columns: 100,
    environment: {},
    interruption: () => new AbortController().signal,
    ...given,
  };
}

/** Reads the words of a command as the program does. Returns undefined for a request for help. */
export function readCommand(program: Program, words: readonly string[], now: Date) {
  const selection = selectCommand(program, words, recordTerminal());
  if (selection === undefined) return undefined;
  const { command, globals } = selection;
  return { command, globals, ...readArguments(command, selection.words, now) };
}

/** Runs a program and returns its exit code with everything that it printed. */
export async function runRecorded(
  program: Program,
  words: readonly string[],
  given: Partial<Terminal> = {},
) {
  const terminal = recordTerminal(given);
  const code = await runProgram(program, words, terminal);
  return { code, out: terminal.printed.join('\n'), err: terminal.errors.join('\n') };
}

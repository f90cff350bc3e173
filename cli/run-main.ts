import { basename } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import type { Program } from './command-line/command.ts';
import { complete } from './command-line/complete.ts';
import { exitCodes } from './command-line/exit-codes.ts';
import { runProgram } from './command-line/run-program.ts';
import { didYouMean } from './command-line/suggest.ts';
import { openTerminal, type Terminal } from './command-line/terminal.ts';
import { isProgramName, type ProgramName, programs } from './programs.ts';

const COMMAND = 'motion-mavericks';

/** Word that completion scripts send before the words to complete. */
const COMPLETE = '__complete';

/** Runs the program that the first word names. @returns the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const terminal = openTerminal();
  const [first, ...others] = words;
  if (first === COMPLETE) return printCandidates(others, terminal);
  if (isProgramName(first)) {
    const program = await loadProgram(first);
    return runProgram(program, others, terminal);
  }
  return explainPrograms(first, terminal);
}

async function loadProgram(name: ProgramName): Promise<Program> {
  const { typed, load } = programs[name];
  const { makeProgram } = await load();
  const isInstalled = basename(process.argv[1] ?? '') === COMMAND;
  return makeProgram(isInstalled ? `${COMMAND} ${name}` : typed, packageJson.version);
}

async function printCandidates(words: readonly string[], { out }: Terminal): Promise<number> {
  const [first = '', ...others] = words;
  const candidates =
    others.length > 0 && isProgramName(first)
      ? complete(await loadProgram(first), others)
      : Object.entries(programs)
          .filter(([name]) => name.startsWith(first))
          .map(([value, { summary }]) => ({ value, summary }));
  for (const { value, summary } of candidates) out(`${value}\t${summary}`);
  return exitCodes.done;
}

function explainPrograms(word: string | undefined, { out, err }: Terminal): number {
  if (word === '--version') {
    out(`${COMMAND} ${packageJson.version}`);
    return exitCodes.done;
  }
  const list = Object.entries(programs).map(
    ([name, { typed, summary }]) => `  ${name.padEnd(8)}  ${summary.padEnd(52)}  ${typed} --help`,
  );
  if (word === undefined || word === '--help' || word === '-h') {
    out(`Usage: ${COMMAND} <program> [options]\n\n${list.join('\n')}`);
    return exitCodes.done;
  }
  const names = Object.keys(programs);
  err(`Unknown program '${word}': expected one of ${names.join(', ')}.${didYouMean(word, names)}`);
  return exitCodes.badInput;
}

import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { UserError } from '../local/user-error.ts';

/** Runs what a person has typed: its answer is the exit code, and what can be put right is one sentence on stderr. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    console.error(error instanceof UserError ? error.message : error);
    process.exitCode = 1;
  }
}

/** @throws a UserError for what is not in `options`. */
export function readArguments<Options extends ParseArgsOptionsConfig>(options: Options) {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new UserError(`${(error as Error).message.split('. ')[0]}; --help tells what there is.`);
  }
}

/** @throws a UserError unless `text` is a whole number in that range. */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new UserError(`--${name} takes a whole number from ${min} to ${max}; got '${text}'.`);
  return value;
}

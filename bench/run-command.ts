import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { UserError } from '../local/user-error.ts';

/** Runs a command and sets its exit code. Prints a UserError as a sentence without stack trace. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    console.error(error instanceof UserError ? error.message : error);
    process.exitCode = 1;
  }
}

/** @throws a UserError for an unknown option. */
export function readArguments<Options extends ParseArgsOptionsConfig>(options: Options) {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    const [reason] = (error as Error).message.split('. ');
    throw new UserError(`${reason}. Use --help to list the options.`);
  }
}

/** @throws a UserError if `text` is not a whole number in the range. */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new UserError(`--${name} takes a whole number from ${min} to ${max}; got '${text}'.`);
  return value;
}

import { CommanderError } from 'commander';
import { UserError } from '../../local/user-error.ts';
import { buildCommander, type Selection } from './build-commander.ts';
import type { Command, Program } from './command.ts';
import { BadInputError, NotFoundError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';
import { explainFileError } from './file-errors.ts';
import { checkNpmOptions } from './npm-options.ts';
import { flagsOf, type Property, propertiesOf } from './properties.ts';
import { readArguments, readOptions, validate } from './read-arguments.ts';
import { didYouMean } from './suggest.ts';
import type { Terminal } from './terminal.ts';

/** Runs the command that `words` name. @returns the exit code. */
export async function runProgram<Context>(
  program: Program<Context>,
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    checkNpmOptions(program, terminal.environment);
    const selection = selectCommand(program, words, terminal);
    if (selection === undefined) return exitCodes.done;
    const { command, words: typed, globals } = selection;
    const now = terminal.now();
    const context = program.open(
      validate(program.globals, readOptions(propertiesOf(program.globals), globals, now)),
      terminal,
    );
    const read = readArguments(command, typed, now);
    return await command.run(read.values, context, read.typed);
  } catch (error) {
    const explanation = error instanceof UserError ? error.message : explainFileError(error);
    if (explanation === undefined) throw error;
    terminal.err(explanation);
    return error instanceof UserError ? exitCodeOf(error) : exitCodes.failed;
  }
}

export function exitCodeOf(error: UserError): number {
  if (error instanceof BadInputError) return exitCodes.badInput;
  return error instanceof NotFoundError ? exitCodes.notFound : exitCodes.failed;
}

/**
 * Finds the command and its words. Returns undefined if a help text or the version was printed.
 *
 * @throws a BadInputError for an unknown command or option.
 */
export function selectCommand<Context>(
  program: Program<Context>,
  words: readonly string[],
  terminal: Pick<Terminal, 'out' | 'columns'>,
): Selection<Context> | undefined {
  const selected: Selection<Context>[] = [];
  const commander = buildCommander(program, terminal, (selection) => selected.push(selection));
  try {
    commander.parse([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || error.code === 'commander.help') return undefined;
    throw new BadInputError(explain(error, program, words));
  }
  return selected[0];
}

function explain<Context>(
  { message, code }: CommanderError,
  program: Program<Context>,
  words: readonly string[],
): string {
  const [problem = ''] = message.replace(/^error: /, '').split('\n');
  const plain = words.filter((word) => !word.startsWith('-'));
  const command = commandIn(program, plain);
  const [, flags = ''] = /^option '(.*)' argument missing$/.exec(problem) ?? [];
  if (flags !== '') return explainMissingValue(flags, program, command);
  const [, given] = /^unknown option '(.*)'$/.exec(problem) ?? [];
  if (given !== undefined) return explainOption(given, program, command);
  if (code === 'commander.unknownCommand' || command === undefined)
    return explainCommand(program, plain);
  return `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`;
}

/** @param flags Option with the placeholder of its value, as the help shows both. */
function explainMissingValue<Context>(
  flags: string,
  program: Program<Context>,
  command: Command<Context> | undefined,
): string {
  const found = propertiesIn(program, command).find((property) => flagsOf(property) === flags);
  if (found === undefined) return `${flags} needs a value.`;
  const { option, values, description } = found;
  const allowed = values.length > 0 ? `one of ${values.join(', ')}` : description;
  return `${option} needs a value (${allowed}).`;
}

/** @param command Undefined if the option precedes the words of the command. */
function explainOption<Context>(
  given: string,
  program: Program<Context>,
  command: Command<Context> | undefined,
): string {
  const options = [...propertiesIn(program, command).map(({ option }) => option), '--help'];
  const hint = didYouMean(given.split('=')[0] ?? '', options);
  const owner = command?.name === '' ? '' : ` of ${command?.name ?? 'every command'}`;
  const place = command === undefined ? ' Other options follow the words of their command.' : '';
  return `Unknown option '${given}'.${hint} Options${owner}: ${options.join(', ')}.${place}`;
}

const commandIn = <Context>({ commands }: Program<Context>, plain: readonly string[]) =>
  commands.find(({ name }) => name === '') ??
  commands.find(({ name }) => name === plain.slice(0, name.split(' ').length).join(' '));

/** Lists the arguments and options that may be typed with the command. */
function propertiesIn<Context>(
  { globals }: Program<Context>,
  command: Command<Context> | undefined,
): readonly Property[] {
  const own = command === undefined ? [] : [command.arguments, command.options];
  return [...own, globals].flatMap((one) => (one === undefined ? [] : propertiesOf(one)));
}

function explainCommand<Context>(
  { name, commands }: Program<Context>,
  plain: readonly string[],
): string {
  const names = commands.map((command) => command.name);
  const [group = '', word = ''] = plain;
  const inGroup = names.filter((one) => one.startsWith(`${group} `));
  const typed = inGroup.length > 0 ? `${group} ${word}` : group;
  const sameWord = names.find((one) => one.split(' ')[1] === group);
  const hint =
    sameWord === undefined
      ? hintFor(group, word, inGroup.length > 0 ? inGroup : names)
      : ` Did you mean '${sameWord}'?`;
  const available = inGroup.length > 0 ? inGroup : names;
  const isGrouped = inGroup.length === 0 && names.some((one) => one.includes(' '));
  const firstWords = [...new Set(names.map((one) => one.split(' ')[0]))].join(', ');
  const list = isGrouped
    ? `Commands begin with ${firstWords}`
    : `Available commands: ${available.join(', ')}`;
  return `Unknown command '${typed.trim()}'.${hint} ${list}. See ${name} --help.`;
}

/** @param names Names of the commands in the group, or of all commands for an unknown group. */
function hintFor(group: string, word: string, names: readonly string[]): string {
  if (names.every((name) => name.startsWith(`${group} `))) {
    const verbs = names.map((name) => name.slice(group.length + 1));
    return didYouMean(word, verbs).replace("'", `'${group} `);
  }
  const groups = names.map((name) => name.split(' ')[0] ?? '');
  return didYouMean(`${group} ${word}`, names) || didYouMean(group, groups);
}

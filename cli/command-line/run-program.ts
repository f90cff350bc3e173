import { CommanderError } from 'commander';
import { UserError } from '../../local/user-error.ts';
import { buildCommander, type Selection } from './build-commander.ts';
import type { Program } from './command.ts';
import { BadInputError, NotFoundError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';
import { explainFileError } from './file-errors.ts';
import { propertiesOf } from './properties.ts';
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
  if (code === 'commander.unknownCommand' || command === undefined)
    return explainCommand(program, plain);
  const options = optionNames(program, command);
  const [, option] = /^unknown option '([^'=]*).*'$/.exec(problem) ?? [];
  const sentence = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`;
  const hint = option === undefined ? '' : didYouMean(option, options);
  const subject = command.name === '' ? 'Options' : `Options of ${command.name}`;
  return `${sentence}${hint} ${subject}: ${options.join(', ')}.`;
}

const commandIn = <Context>({ commands }: Program<Context>, plain: readonly string[]) =>
  commands.find(({ name }) => name === '') ??
  commands.find(({ name }) => name === plain.slice(0, name.split(' ').length).join(' '));

function optionNames<Context>(
  { globals }: Program<Context>,
  { arguments: contract, options }: Program<Context>['commands'][number],
): readonly string[] {
  const contracts = [contract, ...(options === undefined ? [] : [options]), globals];
  const names = contracts.flatMap((one) => propertiesOf(one)).map(({ option }) => option);
  return [...names, '--help'];
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
      ? suggest([
          [`${group} ${word}`, names],
          [group, names.map((one) => one.split(' ')[0] ?? '')],
        ])
      : ` Did you mean '${sameWord}'?`;
  const available = inGroup.length > 0 ? inGroup : names;
  const isGrouped = inGroup.length === 0 && names.some((one) => one.includes(' '));
  const firstWords = [...new Set(names.map((one) => one.split(' ')[0]))].join(', ');
  const list = isGrouped
    ? `Commands begin with ${firstWords}`
    : `Available commands: ${available.join(', ')}`;
  return `Unknown command '${typed.trim()}'.${hint} ${list}. See ${name} --help.`;
}

const suggest = (attempts: readonly (readonly [string, readonly string[]])[]) =>
  attempts.map(([word, candidates]) => didYouMean(word, candidates)).find(Boolean) ?? '';

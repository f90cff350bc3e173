import { Command as CommanderCommand, Option } from 'commander';
import type { Command, Program } from './command.ts';
import { exitCodesHelp } from './exit-codes.ts';
import { fold } from './fold.ts';
import { flagsOf, type Property, propertiesOf } from './properties.ts';
import { positionalsOf, type Words } from './read-arguments.ts';
import type { Terminal } from './terminal.ts';

/** A command with the words that were typed for it. */
export interface Selection<Context> {
  readonly command: Command<Context>;
  readonly words: Words;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Builds the parser of a program. Calls `select` for the command that was typed. */
export function buildCommander<Context>(
  program: Program<Context>,
  terminal: Pick<Terminal, 'out' | 'columns'>,
  select: (selection: Selection<Context>) => void,
): CommanderCommand {
  const root = new CommanderCommand(program.name);
  configure(root, terminal);
  root.version(`motion-mavericks ${program.version}`, '--version', 'Print the version');
  root.description(program.summary);
  if (program.details) root.addHelpText('after', `\n${fold(program.details, terminal.columns)}`);
  for (const property of propertiesOf(program.globals)) root.addOption(toOption(property));
  const groups = new Map<string, CommanderCommand>();
  for (const command of program.commands) {
    const words = command.name.split(' ');
    const parent =
      words.length === 1 ? root : groupOf(root, groupIn(command.name), program, groups);
    const leaf = command.name === '' ? root : parent.command(words.at(-1) ?? '');
    describe(leaf, command, program, terminal.columns);
    leaf.action(() => {
      select({
        command,
        words: { options: givenOptions(leaf), operands: leaf.args },
        globals: givenOptions(root),
      });
    });
  }
  return root;
}

function configure(root: CommanderCommand, { out, columns }: Pick<Terminal, 'out' | 'columns'>) {
  root
    .exitOverride()
    .helpOption('-h, --help', 'Print this text')
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => out(text.trimEnd()),
      // Writes the help of a group that was typed without a command. The caller prints errors.
      writeErr: (text) => out(text.trimEnd()),
      outputError: () => {},
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .configureHelp({
      showGlobalOptions: true,
      // Folds on a narrow terminal as well; the default leaves descriptions as they are.
      minWidthToWrap: 10,
      // The overview lists the commands of all groups with their full names.
      visibleCommands: (command) =>
        command === root ? root.commands.flatMap(leavesOf) : [...command.commands],
      subcommandTerm: (command) =>
        [command.parent === root ? '' : command.parent?.name(), command.name()]
          .filter(Boolean)
          .join(' '),
    });
}

const headingOf = ({ groups }: Pick<Program, 'groups'>, name: string) =>
  `${groups === undefined ? 'Commands' : (groups[name] ?? 'Other commands')}:`;

const groupIn = (name: string) => name.split(' ')[0] ?? '';

const leavesOf = (command: CommanderCommand): readonly CommanderCommand[] =>
  command.commands.length === 0 ? [command] : command.commands;

function groupOf<Context>(
  root: CommanderCommand,
  name: string,
  program: Program<Context>,
  known: Map<string, CommanderCommand>,
): CommanderCommand {
  // The headings appear in the order of the groups.
  const found =
    known.get(name) ??
    root
      .command(name)
      .description(program.groups?.[name] ?? '')
      .helpGroup(headingOf(program, name));
  known.set(name, found);
  return found;
}

function describe<Context>(
  leaf: CommanderCommand,
  command: Command<Context>,
  program: Program<Context>,
  columns: number,
): void {
  const properties = [...propertiesOf(command.arguments)];
  const positionals = positionalsOf(command, properties).filter(
    ({ name }) => !command.hidden?.includes(name),
  );
  const usage = positionals.map(({ name, isRequired }) => (isRequired ? `<${name}>` : `[${name}]`));
  leaf
    .description(`${command.summary}.`)
    .usage([...usage, '[options]'].join(' '))
    .argument('[words...]')
    .helpGroup(headingOf(program, groupIn(command.name)))
    .addHelpText('after', `\n${fold(notesOf(command), columns)}`);
  leaf.configureHelp({ ...leaf.configureHelp(), visibleArguments: () => [] });
  if (command.options) properties.push(...propertiesOf(command.options));
  for (const property of properties) {
    const option = toOption(property);
    leaf.addOption(command.hidden?.includes(property.name) ? option.hideHelp() : option);
  }
}

const notesOf = ({ details }: Pick<Command, 'details'>) =>
  [details, exitCodesHelp].filter(Boolean).join('\n\n');

function toOption(property: Property): Option {
  const { description, values, isRequired, kind } = property;
  const notes = [
    ...(values.length > 0 ? [`one of ${values.join(', ')}`] : []),
    ...(isRequired ? ['required'] : []),
    ...(property.default === undefined || kind === 'flag' ? [] : [`default: ${property.default}`]),
  ];
  const help = withNotes(description, notes);
  const option = new Option(flagsOf(property), help);
  // Repeated options of a list add up; `--status failed --status exhausted`.
  if (property.isList)
    option.argParser((value, previous: string | undefined) =>
      previous === undefined ? value : `${previous},${value}`,
    );
  return option;
}

/** Appends notes in parentheses; a description may end with notes of its own. */
function withNotes(description: string, notes: readonly string[]): string {
  if (notes.length === 0) return description;
  const text = notes.join('; ');
  return description.endsWith(')')
    ? `${description.slice(0, -1)}; ${text})`
    : `${description} (${text})`;
}

/** Returns the options that were typed; commander sets `--no-…` options without being asked. */
const givenOptions = (command: CommanderCommand): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'),
  );

import type { Command, Program } from './command.ts';
import { type Property, propertiesOf } from './properties.ts';
import { positionalsOf } from './read-arguments.ts';

export interface Candidate {
  readonly value: string;
  readonly summary: string;
}

/** Returns the words that can take the place of the last of `words`, which may be empty. */
export function complete(program: Program, words: readonly string[]): readonly Candidate[] {
  const joined = joinAssignments(words);
  const current = joined.at(-1) ?? '';
  const earlier = joined.slice(0, -1);
  const globals = propertiesOf(program.globals);
  const command = commandIn(program, operandsOf(earlier, allProperties(program)));
  const options = [...(command === undefined ? [] : optionsOf(command)), ...globals];
  const pending = options.find((one) => one.option === earlier.at(-1) && one.kind !== 'flag');
  if (pending !== undefined) return valuesOf(pending, current, program, command);
  if (current.startsWith('--') && current.includes('=')) {
    const [name = '', ...rest] = current.split('=');
    const option = options.find((one) => one.option === name);
    if (option === undefined) return [];
    return valuesOf(option, rest.join('='), program, command).map(({ value, summary }) => ({
      value: `${name}=${value}`,
      summary,
    }));
  }
  const optionNames = options.map(({ option, description }) => ({
    value: option,
    summary: description,
  }));
  const help = { value: '--help', summary: 'Print the help' };
  if (current.startsWith('-')) return startingWith(current, [...optionNames, help]);
  const operands = operandsOf(earlier, [...options, ...allProperties(program)]);
  return command === undefined
    ? startingWith(current, nextWords(program, operands))
    : operandValues(program, command, operands, earlier, current);
}

/** Bash splits `--option=value` at the equals sign. */
function joinAssignments(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1) ?? '';
    const isValue = last.startsWith('--') && last.endsWith('=');
    if ((word === '=' && last.startsWith('--')) || isValue) joined[joined.length - 1] = last + word;
    else joined.push(word);
  }
  return joined;
}

const optionsOf = ({ arguments: contract, options, hidden = [] }: Command): readonly Property[] =>
  [...propertiesOf(contract), ...(options === undefined ? [] : propertiesOf(options))].filter(
    ({ name }) => !hidden.includes(name),
  );

const allProperties = ({ commands, globals }: Program): readonly Property[] => [
  ...propertiesOf(globals),
  ...commands.flatMap(optionsOf),
];

/** Leaves out the options and their values. */
function operandsOf(words: readonly string[], options: readonly Property[]): readonly string[] {
  const takesValue = (word: string | undefined) =>
    options.some(({ option, kind }) => option === word && kind !== 'flag');
  return words.filter((word, index) => !word.startsWith('-') && !takesValue(words[index - 1]));
}

const commandIn = ({ commands }: Program, operands: readonly string[]) =>
  commands.find(({ name }) => {
    const words = name === '' ? [] : name.split(' ');
    return words.every((word, index) => operands[index] === word);
  });

function nextWords({ commands, groups = {} }: Program, operands: readonly string[]) {
  const prefix = operands.map((word) => `${word} `).join('');
  const candidates = commands
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, summary }) => {
      const [value = '', ...rest] = name.slice(prefix.length).split(' ');
      return { value, summary: rest.length === 0 ? summary : (groups[value] ?? summary) };
    });
  return candidates.filter(
    ({ value }, index) => candidates.findIndex((one) => one.value === value) === index,
  );
}

function operandValues(
  program: Program,
  command: Command,
  operands: readonly string[],
  earlier: readonly string[],
  current: string,
): readonly Candidate[] {
  const properties = propertiesOf(command.arguments);
  const open = positionalsOf(command, properties).filter(({ option }) => !earlier.includes(option));
  const words = command.name === '' ? 0 : command.name.split(' ').length;
  const next = open[operands.length - words];
  return next === undefined ? [] : valuesOf(next, current, program, command);
}

function valuesOf(
  { name, values, isList }: Property,
  current: string,
  program: Program,
  command: Command | undefined,
): readonly Candidate[] {
  const suggest = command?.suggestions?.[name] ?? program.suggestions?.[name];
  const known = values.length > 0 ? values : safely(suggest);
  const before = isList ? current.slice(0, current.lastIndexOf(',') + 1) : '';
  return startingWith(
    current,
    known.map((value) => ({ value: `${before}${value}`, summary: '' })),
  );
}

/** A completion prints nothing if a file that it reads is missing or broken. */
function safely(suggest: (() => readonly string[]) | undefined): readonly string[] {
  try {
    return suggest?.() ?? [];
  } catch {
    return [];
  }
}

const startingWith = (prefix: string, candidates: readonly Candidate[]) =>
  candidates.filter(({ value }) => value.startsWith(prefix));

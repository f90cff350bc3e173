import type * as z from 'zod';
import { describeIssues } from '../../lambdas/platform/describe-issues.ts';
import type { Command, TypedArguments } from './command.ts';
import { BadInputError } from './errors.ts';
import { checkPeriod, parseTime } from './parse-time.ts';
import { type Property, propertiesOf } from './properties.ts';
import { didYouMean } from './suggest.ts';

/** Options as commander parsed them, and the words that belong to no option. */
export interface Words {
  readonly options: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
}

export interface ReadArguments {
  /** Validated values with their defaults. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Values of `arguments` as typed, because the operations function applies the defaults. */
  readonly typed: TypedArguments;
}

/** @throws a BadInputError that names the argument, the given value and what is allowed. */
export function readArguments(
  command: Pick<Command, 'name' | 'arguments' | 'options' | 'positionals'>,
  { options, operands }: Words,
  now: Date,
): ReadArguments {
  const properties = propertiesOf(command.arguments);
  const named = readOptions(properties, options, now);
  checkPeriod(named, options, now);
  const positional = assignOperands(command, properties, named, operands);
  const typed = { ...named, ...positional };
  const own = command.options;
  const ownTyped = own === undefined ? {} : readOptions(propertiesOf(own), options, now);
  return {
    typed,
    values: {
      ...validate(command.arguments, typed, command.positionals),
      ...(own === undefined ? {} : validate(own, ownTyped)),
    },
  };
}

/** Selects the options that were given, and converts lists and times. */
export function readOptions(
  properties: readonly Property[],
  options: Readonly<Record<string, unknown>>,
  now: Date,
): TypedArguments {
  const given = properties.flatMap((property) => {
    const value = options[property.name];
    return value === undefined ? [] : [[property.name, convert(property, value, now)] as const];
  });
  return Object.fromEntries(given);
}

function convert({ option, kind, isList }: Property, value: unknown, now: Date): unknown {
  if (typeof value !== 'string') return value;
  // A conversion to a number would read an empty text as 0.
  if (kind === 'number' && value.trim() === '')
    throw new BadInputError(`${option} '${value}' is invalid: expected a number.`);
  if (isList) return value.split(',').map((one) => one.trim());
  return kind === 'time' ? parseTime(value, now) : value;
}

/** Returns the arguments that may be given without their names, in the order of the help. */
export const positionalsOf = (
  { positionals }: Pick<Command, 'positionals'>,
  properties: readonly Property[],
): readonly Property[] =>
  positionals === undefined
    ? properties.filter(({ isRequired }) => isRequired)
    : properties.filter(({ name }) => positionals.includes(name));

function assignOperands(
  command: Pick<Command, 'name' | 'positionals'>,
  properties: readonly Property[],
  named: TypedArguments,
  operands: readonly string[],
): TypedArguments {
  const open = positionalsOf(command, properties).filter(({ name }) => !(name in named));
  if (operands.length > open.length)
    throw new BadInputError(describeUnexpected(command, properties, named, operands, open.length));
  const missing = open.slice(operands.length).filter(({ isRequired }) => isRequired);
  const unnamed = properties.filter(
    ({ name, isRequired }) => isRequired && !(name in named) && !open.some((p) => p.name === name),
  );
  const needed = [...missing, ...unnamed].map(
    ({ option, values, description }) =>
      `${option} (${values.length > 0 ? `one of ${values.join(', ')}` : description})`,
  );
  if (needed.length > 0)
    throw new BadInputError(
      `${command.name || 'This command'} needs ${needed.join(' and ')}.` +
        usageOf(command, properties),
    );
  return Object.fromEntries(operands.map((word, index) => [open[index]?.name ?? '', word]));
}

/** Names the words for which the command has no argument, and the probable reason. */
function describeUnexpected(
  command: Pick<Command, 'name' | 'positionals'>,
  properties: readonly Property[],
  named: TypedArguments,
  operands: readonly string[],
  accepted: number,
): string {
  const subject = command.name === '' ? '' : ` for ${command.name}`;
  const problem = `Unexpected argument '${operands.slice(accepted).join(' ')}'${subject}.`;
  const given = positionalsOf(command, properties).find(({ name }) => name in named);
  if (given !== undefined) return `${problem} ${given.option} has a value already.`;
  if (accepted > 0) return `${problem} Put text with spaces in quotes.`;
  if (properties.length === 0) return `${problem} The command accepts no arguments.`;
  const options = properties.map(({ option }) => option);
  return `${problem} Values follow the name of their option: ${options.join(', ')}.`;
}

/** Shows the order of arguments that are given without their names. */
function usageOf(
  command: Pick<Command, 'name' | 'positionals'>,
  properties: readonly Property[],
): string {
  const words = positionalsOf(command, properties).map(({ name, isRequired }) =>
    isRequired ? `<${name}>` : `[${name}]`,
  );
  if (words.length < 2) return '';
  return ` Usage: ${[command.name, ...words].filter(Boolean).join(' ')}.`;
}

/** @throws a BadInputError that lists every invalid value. */
export function validate(
  contract: z.ZodObject,
  typed: TypedArguments,
  positionals: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const result = contract.safeParse(typed);
  if (result.success) return result.data;
  const properties = propertiesOf(contract);
  const nameOf = (path: string) => {
    const option = properties.find(({ name }) => name === path)?.option ?? path;
    return positionals.includes(path) ? path : option;
  };
  throw new BadInputError(
    describeIssues(result.error, typed, { nameOf, hintFor: didYouMean }).join('\n'),
  );
}

import { parseArgs } from 'node:util';
import { z } from 'zod';
import {
  type CommandName,
  commandNames,
  operatorCommands,
} from '../../lambdas/catalog/operator-commands.ts';
import { UserError } from '../../local/user-error.ts';

/** A command as typed; the operations function validates the arguments. */
export interface CommandRequest {
  readonly command: CommandName;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface OpsOptions {
  readonly stage: string | undefined;
  readonly apiUrl: string | undefined;
  readonly json: boolean;
  /** Events per second, for a replay of many events. */
  readonly rate: number;
  readonly request: CommandRequest;
}

export interface PropertySchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

interface ArgumentsSchema {
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
}

/**
 * Converts a command's contract to JSON Schema, from which the command line derives its options.
 */
export const argumentsSchema = (command: CommandName): ArgumentsSchema =>
  z.toJSONSchema(operatorCommands[command].arguments, { io: 'input' }) as ArgumentsSchema;

export const optionName = (property: string) =>
  property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const commonOptions = {
  stage: { type: 'string' },
  'api-url': { type: 'string' },
  json: { type: 'boolean', default: false },
  rate: { type: 'string', default: '20' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

interface HelpRequest {
  /** Command to explain; undefined for the overview. */
  readonly helpFor: CommandName | undefined;
}

/** @throws a UserError for an unknown command, an unknown option or a missing argument. */
export function readOptions(words: readonly string[], now: Date): OpsOptions | HelpRequest {
  const command = commandNames.find((name) => words.slice(0, 2).join(' ') === name);
  if (command === undefined) {
    if (words.length === 0 || words.includes('--help') || words.includes('-h'))
      return { helpFor: undefined };
    throw unknownCommand(words);
  }
  const schema = argumentsSchema(command);
  const { values, positionals } = parse(command, words.slice(2), {
    ...ownOptions(schema),
    ...commonOptions,
  });
  if (values['help']) return { helpFor: command };
  return {
    stage: values['stage'] as string | undefined,
    apiUrl: values['api-url'] as string | undefined,
    json: values['json'] === true,
    rate: readRate(String(values['rate'])),
    request: { command, arguments: readArguments(command, schema, values, positionals, now) },
  };
}

function unknownCommand(words: readonly string[]): UserError {
  const given = words.filter((word) => !word.startsWith('-')).slice(0, 2);
  return new UserError(
    `Unknown command '${given.join(' ')}'. Available commands: ${commandNames.join(', ')}.`,
  );
}

const ownOptions = ({ properties }: ArgumentsSchema) =>
  Object.fromEntries(
    Object.entries(properties).map(([name, { type }]) => [
      optionName(name),
      { type: type === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );

type Values = Readonly<Record<string, string | boolean | undefined>>;
type ParseOptions = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function parse(command: CommandName, args: string[], options: ParseOptions) {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    return { values: values as Values, positionals };
  } catch (error) {
    const [problem] = (error as Error).message.split('. ');
    const names = Object.keys(options).map((name) => `--${name}`);
    throw new UserError(`${problem}. Options of ${command}: ${names.join(', ')}.`);
  }
}

function readArguments(
  command: CommandName,
  { properties, required = [] }: ArgumentsSchema,
  values: Values,
  positionals: readonly string[],
  now: Date,
): Record<string, unknown> {
  const named = Object.keys(properties).flatMap((name) => {
    const value = values[optionName(name)];
    return value === undefined ? [] : [[name, value] as const];
  });
  const names = named.map(([name]) => name);
  const unnamed = required.filter((name) => !names.includes(name));
  const given = [...named, ...assignPositionals(command, positionals, unnamed)];
  return Object.fromEntries(given.map(([name, value]) => [name, resolveTime(name, value, now)]));
}

/** Assigns words without an option name to the required arguments, in the order of the help. */
function assignPositionals(
  command: CommandName,
  words: readonly string[],
  required: readonly string[],
): (readonly [string, string])[] {
  if (words.length > required.length)
    throw new UserError(
      `Unexpected argument '${words.slice(required.length).join(' ')}' for ${command}. See --help.`,
    );
  const missing = required.slice(words.length);
  if (missing.length > 0) {
    const options = missing.map((name) => `--${optionName(name)}`).join(' and ');
    throw new UserError(`${command} needs ${options}. See --help.`);
  }
  return words.map((word, index) => [required[index] as string, word]);
}

const TIME_ARGUMENTS = ['since', 'until', 'at'];
const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1_440 };

/**
 * Converts an age such as `2h` or `7d` to a time. The operations function validates other forms.
 */
function resolveTime(name: string, value: string | boolean, now: Date): string | boolean {
  const [, amount, unit = ''] = /^(\d+)([mhd])$/.exec(String(value)) ?? [];
  if (amount === undefined || !TIME_ARGUMENTS.includes(name)) return value;
  return new Date(now.getTime() - Number(amount) * (MINUTES[unit] ?? 0) * 60_000).toISOString();
}

function readRate(text: string): number {
  const rate = Number(text);
  if (Number.isInteger(rate) && rate >= 1 && rate <= 1_000) return rate;
  throw new UserError(
    `--rate '${text}' is invalid: expected a whole number of events per second from 1 to 1000.`,
  );
}

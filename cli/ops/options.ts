import { parseArgs } from 'node:util';
import { z } from 'zod';
import {
  type CommandName,
  commandNames,
  commands,
} from '../../lambdas/catalog/operator-commands.ts';
import { UserError } from '../../local/user-error.ts';

/** What the person typed, before the function has checked it. */
export interface Request {
  readonly command: CommandName;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Options {
  readonly stage: string | undefined;
  readonly apiUrl: string | undefined;
  readonly json: boolean;
  /** Events a second, where a command goes through many. */
  readonly rate: number;
  readonly request: Request;
}

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

interface ArgumentsSchema {
  readonly properties: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

/** The function's own contract, as JSON Schema: the options of the command line follow from it. */
export const schemaOf = (command: CommandName): ArgumentsSchema =>
  z.toJSONSchema(commands[command].arguments, { io: 'input' }) as unknown as ArgumentsSchema;

export const optionName = (property: string) =>
  property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const common = {
  stage: { type: 'string' },
  'api-url': { type: 'string' },
  json: { type: 'boolean', default: false },
  rate: { type: 'string', default: '20' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @returns the command for which help is wanted, or what to do. */
export function readOptions(
  words: readonly string[],
  now: Date,
): Options | { readonly helpFor: CommandName | undefined } {
  const command = commandNames.find((name) => words.slice(0, 2).join(' ') === name);
  if (command === undefined) {
    if (words.length === 0 || words.some((word) => word === '--help' || word === '-h'))
      return { helpFor: undefined };
    const given = words
      .filter((word) => !word.startsWith('-'))
      .slice(0, 2)
      .join(' ');
    throw new UserError(
      `There is no command '${given}': expected one of ${commandNames.join(', ')}.`,
    );
  }
  const { properties, required = [] } = schemaOf(command);
  const own = Object.fromEntries(
    Object.entries(properties).map(([name, { type }]) => [
      optionName(name),
      { type: type === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { values, positionals } = parse(words.slice(2), { ...own, ...common });
  if (values['help']) return { helpFor: command };
  const named = Object.keys(properties).flatMap((name) => {
    const value = values[optionName(name)];
    return value === undefined ? [] : [[name, value] as const];
  });
  const given = {
    ...Object.fromEntries(named),
    ...positional(
      command,
      positionals,
      required,
      named.map(([name]) => name),
    ),
  };
  return {
    stage: values['stage'] as string | undefined,
    apiUrl: values['api-url'] as string | undefined,
    json: values['json'] === true,
    rate: readRate(String(values['rate'])),
    request: { command, arguments: withTimes(given, now) },
  };
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parse(args: string[], options: NonNullable<Parameters<typeof parseArgs>[0]>['options']) {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: options ?? {},
      allowPositionals: true,
    });
    return { values: values as Values, positionals };
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : error} See --help.`);
  }
}

/** What is required may be written without its option's name, in the order of the help. */
function positional(
  command: CommandName,
  words: readonly string[],
  required: readonly string[],
  named: readonly string[],
): Record<string, string> {
  const open = required.filter((name) => !named.includes(name));
  if (words.length > open.length)
    throw new UserError(
      `'${words.slice(open.length).join(' ')}' is too much for ${command}. See --help.`,
    );
  const missing = open.slice(words.length);
  if (missing.length > 0)
    throw new UserError(
      `${command} needs ${missing.map((name) => `--${optionName(name)}`).join(' and ')}. See --help.`,
    );
  return Object.fromEntries(words.map((word, index) => [open[index] as string, word]));
}

const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1_440 };

/** `2h` and `7d` are meant back from now; a time of any other form is the function's to check. */
function withTimes(given: Readonly<Record<string, unknown>>, now: Date): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const [, amount, unit = ''] = /^(\d+)([mhd])$/.exec(String(value)) ?? [];
      const isTime = ['since', 'until', 'at'].includes(name) && amount !== undefined;
      return [
        name,
        isTime
          ? new Date(now.getTime() - Number(amount) * (MINUTES[unit] ?? 0) * 60_000).toISOString()
          : value,
      ];
    }),
  );
}

function readRate(text: string): number {
  const rate = Number(text);
  if (Number.isInteger(rate) && rate >= 1 && rate <= 1_000) return rate;
  throw new UserError(`--rate ${text}: expected a whole number of events a second from 1 to 1000.`);
}

import type * as z from 'zod';
import type { Terminal } from './terminal.ts';

/** Values of the arguments as typed, before any default applies. */
export type TypedArguments = Readonly<Record<string, unknown>>;

/** One command as data. Its options, help, completion and validation derive from this. */
export interface Command<Context = unknown> {
  /** Words as typed, e.g. `events list`; empty if the program is this one command. */
  readonly name: string;
  /** One sentence without a full stop. */
  readonly summary: string;
  /** Further explanation, printed below the options. */
  readonly details?: string;
  /** Contract of the arguments. Each argument is an option, with its description as help. */
  readonly arguments: z.ZodObject;
  /** Options that only the command line reads. */
  readonly options?: z.ZodObject;
  /** Arguments that may be given without their names; default: the required ones. */
  readonly positionals?: readonly string[];
  /** Arguments that work, but that the help and the completion leave out. */
  readonly hidden?: readonly string[];
  /** Values that the completion offers for an argument that is no enumeration. */
  readonly suggestions?: Readonly<Record<string, () => readonly string[]>>;
  /** @returns the exit code. */
  readonly run: (
    values: Readonly<Record<string, unknown>>,
    context: Context,
    typed: TypedArguments,
  ) => Promise<number>;
}

type CommandOf<Arguments extends z.ZodObject, Context> = Omit<
  Command<Context>,
  'arguments' | 'run'
> & {
  readonly arguments: Arguments;
  readonly run: (values: z.output<Arguments>, context: Context) => Promise<number>;
};

/** Defines a command whose `run` receives the type of its arguments. */
export const defineCommand = <Arguments extends z.ZodObject, Context>(
  command: CommandOf<Arguments, Context>,
): Command<Context> => command as unknown as Command<Context>;

/** A set of commands with the options that all of them share. */
export interface Program<Context = unknown> {
  /** Words that start the program, e.g. `npm run ops --`. */
  readonly name: string;
  readonly summary: string;
  readonly version: string;
  readonly details?: string;
  readonly commands: readonly Command<Context>[];
  /** Headings of commands that share their first word. */
  readonly groups?: Readonly<Record<string, string>>;
  /** Options that every command accepts. */
  readonly globals: z.ZodObject;
  readonly suggestions?: Readonly<Record<string, () => readonly string[]>>;
  readonly open: (globals: Readonly<Record<string, unknown>>, terminal: Terminal) => Context;
}

/** Defines a program whose commands receive the type of its context. */
export const defineProgram = <Context>(program: Program<Context>): Program =>
  program as unknown as Program;

import type * as z from 'zod';
import { type CommandName, operatorCommands } from '../../lambdas/catalog/operator-commands.ts';
import type { Command, TypedArguments } from '../command-line/command.ts';
import { exitCodes } from '../command-line/exit-codes.ts';
import type { OperationResult } from './operations-client.ts';
import type { OpsContext } from './ops-context.ts';

/** The part of an operator command that runs on the operator's machine. */
export interface ClientPart {
  /** Options that the operations function does not receive. */
  readonly options: z.ZodObject;
  readonly details?: string;
  /** @returns the exit code. */
  readonly run: (
    typed: TypedArguments,
    options: Readonly<Record<string, unknown>>,
    context: OpsContext,
  ) => Promise<number>;
}

/** Makes a command of the command line from an operator command of the catalog. */
export function makeOperatorCommand(name: CommandName, part?: ClientPart): Command<OpsContext> {
  const { summary, changes, arguments: contract } = operatorCommands[name];
  return {
    name,
    summary,
    arguments: contract,
    ...(part === undefined ? {} : { options: part.options }),
    ...(part?.details === undefined ? {} : { details: part.details }),
    async run(values, context, typed) {
      if (part !== undefined) return part.run(typed, values, context);
      const result = await context.runCommand({ command: name, arguments: typed });
      if (changes) context.printChange(result);
      else context.print(result);
      return exitCodeOfResult(result);
    },
  };
}

/**
 * Returns a failure for a broken or unsigned chain of residency reports, so that a pipeline can
 * check the chain.
 */
export const exitCodeOfResult = ({ chain }: OperationResult): number =>
  chain === 'broken' || chain === 'unsigned' ? exitCodes.failed : exitCodes.done;

import type { ArgumentsOf, CommandName } from '../../catalog/operator-commands.ts';

/**
 * Response body of an operator command; undefined if the arguments name something that does not
 * exist.
 */
export type OperationResult = Readonly<Record<string, unknown>> | undefined;

/**
 * Functions that run the named commands. `operator` is the ARN of the identity that signed the
 * request.
 */
export type CommandHandlers<Names extends CommandName = CommandName> = {
  readonly [Name in Names]: (
    given: ArgumentsOf<Name>,
    operator: string,
  ) => Promise<OperationResult>;
};

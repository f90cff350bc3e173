import type { ArgumentsOf, CommandName } from '../../catalog/operator-commands.ts';

/**
 * Response body of an operator command; undefined if the arguments name something that does not
 * exist.
 */
export type OperationResult = Readonly<Record<string, unknown>> | undefined;

/** Reason for which a command was not carried out; the operator receives it as a problem. */
export type CommandRejection = 'invalid-request' | 'conflict';

/** A command that the present state or a limit forbids. Nothing was changed. */
export class CommandRejectedError extends Error {
  readonly type: CommandRejection;

  constructor(type: CommandRejection, detail: string) {
    super(detail);
    this.name = 'CommandRejectedError';
    this.type = type;
  }
}

/** Returns the cursor of the next page: the id of the last row of a full page. */
export const nextCursor = (
  rows: readonly { readonly id: string }[],
  limit: number,
): string | undefined => (rows.length === limit ? rows.at(-1)?.id : undefined);

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

import { type CommandName, commandPath } from '../../lambdas/catalog/operator-commands.ts';
import type { Route } from '../aws/http-api.ts';
import { operatorEvent } from './operator-event.ts';

export interface CommandResult {
  readonly statusCode: number;
  readonly body: string;
}

/**
 * Calls the operations function as API Gateway does, so that each change is audited.
 * @returns undefined if the function failed.
 */
export async function runCommand(
  routes: readonly Route[],
  command: CommandName,
  given: object,
): Promise<CommandResult | undefined> {
  const route = routes.find(({ path }) => path === commandPath(command));
  const invocation = await route?.invoke(operatorEvent(command, given));
  return invocation?.ok ? (invocation.result as CommandResult) : undefined;
}

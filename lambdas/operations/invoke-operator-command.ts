import * as z from 'zod';
import { type CommandName, commandPath } from '../catalog/operator-commands.ts';
import type { CallNamed } from '../platform/aws/invoke-lambda.ts';
import type { OperationResult } from './commands/command-handlers.ts';

/**
 * Runs an operator command in the operations function. Returns undefined if the function answers
 * 404.
 */
export type InvokeOperatorCommand = (
  command: CommandName,
  given: object,
  operator: string,
) => Promise<OperationResult>;

const response = z.object({ statusCode: z.number(), body: z.string() });

/** Invokes the operations function with the event that API Gateway would send. */
export function makeInvokeOperatorCommand(invoke: CallNamed): InvokeOperatorCommand {
  return async (command, given, operator) => {
    const result = await invoke('operations', {
      routeKey: `POST ${commandPath(command)}`,
      requestContext: { authorizer: { iam: { userArn: operator } } },
      body: JSON.stringify(given),
      isBase64Encoded: false,
    });
    const { statusCode, body } = response.parse(result);
    if (statusCode === 404) return undefined;
    if (statusCode !== 200)
      throw new Error(`The operations function answered ${statusCode} to '${command}': ${body}`);
    return JSON.parse(body);
  };
}

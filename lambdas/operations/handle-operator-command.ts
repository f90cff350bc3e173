import type {
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import * as z from 'zod';
import { type CommandName, commandNames, operatorCommands } from '../catalog/operator-commands.ts';
import { parseJson } from '../platform/json.ts';
import { log } from '../platform/logger.ts';
import { redactText } from '../platform/redaction.ts';
import { recordAction } from './audit-log.queries.ts';
import {
  CommandRejectedError,
  type CommandRejection,
  type OperationResult,
} from './commands/command-handlers.ts';
import { makeOperatorCommands, type OperatorCommandDeps } from './commands/operator-commands.ts';

const commandRequest = z.strictObject({
  command: z.enum(commandNames, { error: `expected one of: ${commandNames.join(', ')}` }),
  arguments: z.record(z.string(), z.unknown()).default({}),
});

interface CommandRequest {
  readonly command: CommandName;
  readonly given: Record<string, unknown>;
}

type Run = (given: never, operator: string) => Promise<OperationResult>;

/**
 * Handles one operator command. API Gateway has verified the signature; the audit log names the
 * identity that signed.
 */
export function makeHandleOperatorCommand(deps: OperatorCommandDeps) {
  const handlers = makeOperatorCommands(deps);

  return async function handleOperatorCommand(
    event: APIGatewayProxyEventV2WithIAMAuthorizer,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const operator = event.requestContext.authorizer?.iam?.userArn;
    if (operator === undefined)
      return problem(403, 'forbidden', 'The request is not signed by an AWS identity.');
    const request = parseRequest(event.body, event.isBase64Encoded);
    if ('detail' in request) return problem(400, 'invalid-request', request.detail);
    const { command, given } = request;
    const run = () => (handlers[command] as Run)(given as never, operator);
    try {
      const result = await (isAudited(request) ? audit(request, operator, run, deps) : run());
      return result === undefined
        ? problem(404, 'not-found', 'Not found.')
        : respond(200, 'application/json', result);
    } catch (error) {
      if (error instanceof CommandRejectedError)
        return problem(rejectionStatuses[error.type], error.type, error.message);
      log.error('Operator command failed', { operator, command, error });
      const detail = error instanceof Error ? error.message : 'The command failed.';
      return problem(500, 'failed', detail);
    }
  };
}

const rejectionStatuses: Readonly<Record<CommandRejection, number>> = {
  'invalid-request': 400,
  conflict: 409,
};

const isAudited = ({ command, given }: CommandRequest) =>
  operatorCommands[command].changes && given['dryRun'] !== true;

/**
 * Runs a command that changes something and records it with its result. Writes to the function's
 * log first, so that a trace exists even if Postgres is unavailable.
 */
async function audit(
  { command, given }: CommandRequest,
  operator: string,
  run: () => Promise<OperationResult>,
  { pool, now }: OperatorCommandDeps,
): Promise<OperationResult> {
  log.info('Operator command started', { operator, command, given });
  const { reason, ...args } = given;
  const record = async (result: unknown) =>
    recordAction(await pool(), {
      at: now(),
      operator,
      command,
      reason: typeof reason === 'string' ? reason : null,
      arguments: args,
      result,
    });
  const result = await run().catch(async (error: unknown) => {
    // Records the failure, because a part of the command may be done. Postgres itself may be the
    // cause.
    const outcome = error instanceof CommandRejectedError ? 'rejected' : 'failed';
    await record({ outcome, error: redactText(String(error)) }).catch(() => {});
    throw error;
  });
  await record(result ?? { outcome: 'not-found' });
  return result;
}

function parseRequest(
  body: string | undefined,
  isBase64Encoded: boolean,
): CommandRequest | { readonly detail: string } {
  const text = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString();
  const request = commandRequest.safeParse(parseJson(text));
  if (!request.success) return { detail: z.prettifyError(request.error) };
  const { command } = request.data;
  const given = operatorCommands[command].arguments.safeParse(request.data.arguments);
  return given.success ? { command, given: given.data } : { detail: z.prettifyError(given.error) };
}

/** Builds a problem document: https://www.rfc-editor.org/rfc/rfc9457 */
const problem = (status: number, type: string, detail: string) =>
  respond(status, 'application/problem+json', {
    type,
    title: type.replaceAll('-', ' '),
    status,
    detail,
  });

const respond = (
  statusCode: number,
  contentType: string,
  body: object,
): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': contentType },
  body: JSON.stringify(body),
});

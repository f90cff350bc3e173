import type {
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import {
  accountHeader,
  commandOfRoute,
  operatorCommands,
  stageHeader,
} from '../catalog/operator-commands.ts';
import { describeIssues } from '../platform/describe-issues.ts';
import { parseJson } from '../platform/json.ts';
import { log } from '../platform/logger.ts';
import { isAudited, type RequestedCommand, runAudited } from './audited-run.ts';
import {
  CommandRejectedError,
  type CommandRejection,
  type OperationResult,
} from './commands/command-handlers.ts';
import { makeOperatorCommands, type OperatorCommandDeps } from './commands/operator-commands.ts';

type Run = (given: never, operator: string) => Promise<OperationResult>;

/**
 * Handles one operator command. API Gateway has verified the signature, and IAM has allowed the
 * identity the route of the command; the audit log names the identity that signed.
 */
export function makeHandleOperatorCommand(deps: OperatorCommandDeps & { readonly stage: string }) {
  const handlers = makeOperatorCommands(deps);

  async function runCommand(
    event: APIGatewayProxyEventV2WithIAMAuthorizer,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const operator = event.requestContext.authorizer?.iam?.userArn;
    if (operator === undefined)
      return problem(403, 'forbidden', 'The request is not signed by an AWS identity.');
    const request = parseRequest(event);
    if ('detail' in request) return problem(400, 'invalid-request', request.detail);
    const { command, given } = request;
    const run = () => (handlers[command] as Run)(given as never, operator);
    try {
      const result = await (isAudited(request) ? runAudited(request, operator, run, deps) : run());
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
  }

  /** Names the deployment in each response, so that operators see where a command ran. */
  return async function handleOperatorCommand(
    event: APIGatewayProxyEventV2WithIAMAuthorizer,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const response = await runCommand(event);
    const { accountId } = event.requestContext;
    const deployment = { [stageHeader]: deps.stage, [accountHeader]: accountId };
    return { ...response, headers: { ...response.headers, ...deployment } };
  };
}

const rejectionStatuses: Readonly<Record<CommandRejection, number>> = {
  'invalid-request': 400,
  conflict: 409,
};

/** Takes the command from the route, because IAM has allowed the identity this route only. */
function parseRequest({
  routeKey,
  body,
  isBase64Encoded,
}: APIGatewayProxyEventV2WithIAMAuthorizer): RequestedCommand | { readonly detail: string } {
  const command = commandOfRoute(routeKey);
  if (command === undefined) return { detail: `There is no command at ${routeKey}.` };
  const text = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString();
  const typed = parseJson(text || '{}');
  // Postgres stores no such character: https://www.postgresql.org/docs/current/datatype-json.html
  if (JSON.stringify(typed)?.includes('\\u0000') === true)
    return { detail: 'Texts must not contain the character U+0000.' };
  const given = operatorCommands[command].arguments.safeParse(typed);
  return given.success
    ? { command, given: given.data }
    : { detail: describeIssues(given.error, typed).join('\n') };
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

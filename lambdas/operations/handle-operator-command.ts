import type {
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import { accountHeader, operatorCommands, stageHeader } from '../catalog/operator-commands.ts';
import { describeIssues } from '../platform/describe-issues.ts';
import { parseJson } from '../platform/json.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import { OperatorIdentity } from '../platform/operator-identity.ts';
import { redactText } from '../platform/redaction.ts';
import { isAudited, type RequestedCommand, runAudited } from './audited-run.ts';
import {
  CommandRejectedError,
  type CommandRejection,
  type OperationResult,
} from './commands/command-handlers.ts';
import { makeOperatorCommands, type OperatorCommandDeps } from './commands/operator-commands.ts';
import { redactAnswer } from './redacted-answer.ts';
import { type ServedApi, type VerifiedCaller, verifyCaller } from './verified-caller.ts';

export interface OperationsDeps extends OperatorCommandDeps {
  readonly servedApi: ServedApi;
  readonly stage: string;
}

type Event = APIGatewayProxyEventV2WithIAMAuthorizer;
type Response = APIGatewayProxyStructuredResultV2;
type Run = (given: never, operator: string) => Promise<OperationResult>;

/**
 * Handles one operator command. API Gateway has verified the signature, and IAM has allowed the
 * identity the route of the command; the audit log names the identity that signed.
 */
export function makeHandleOperatorCommand(deps: OperationsDeps) {
  const handlers = makeOperatorCommands(deps);

  async function runCommand(event: Event): Promise<Response> {
    const called = verifyCaller(event, deps.servedApi);
    if (called.status === 'foreign') return rejectForeign(called.reason);
    const request = parseRequest(event, called.caller);
    if ('detail' in request) return problem(400, 'invalid-request', request.detail);
    const { command, given, operator } = request;
    const run = () => (handlers[command] as Run)(given as never, operator);
    try {
      const result = await (isAudited(request) ? runAudited(request, run, deps) : run());
      return result === undefined
        ? problem(404, 'not-found', 'Not found.')
        : respond(200, 'application/json', redactAnswer(request.command, result) ?? {});
    } catch (error) {
      return explainError(error, request);
    }
  }

  /** Names the deployment in each response, so that operators see where a command ran. */
  return async function handleOperatorCommand(event: Event): Promise<Response> {
    const response = await runCommand(event);
    const { stage, servedApi } = deps;
    const deployment = { [stageHeader]: stage, [accountHeader]: servedApi.accountId };
    return { ...response, headers: { ...response.headers, ...deployment } };
  };
}

function rejectForeign(reason: string): Response {
  log.error('Foreign invocation rejected', { reason });
  emitMetrics('foreign-invocations', { ForeignInvocations: 1 }, {});
  return problem(403, 'forbidden', `Operator commands are accepted only from the API. ${reason}`);
}

const rejectionStatuses: Readonly<Record<CommandRejection, number>> = {
  'invalid-request': 400,
  conflict: 409,
};

function explainError(error: unknown, { command, operator }: RequestedCommand): Response {
  if (error instanceof CommandRejectedError)
    return problem(rejectionStatuses[error.type], error.type, error.message);
  log.error('Operator command failed', {
    operator: new OperatorIdentity(operator),
    command,
    error,
  });
  const detail = error instanceof Error ? redactText(error.message) : 'The command failed.';
  return problem(500, 'failed', detail);
}

/** Takes the command from the route, because IAM has allowed the identity this route only. */
function parseRequest(
  { body, isBase64Encoded }: Event,
  caller: VerifiedCaller,
): RequestedCommand | { readonly detail: string } {
  const text = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString();
  const typed = parseJson(text || '{}');
  try {
    // Postgres stores no such character: https://www.postgresql.org/docs/current/datatype-json.html
    if (JSON.stringify(typed)?.includes('\\u0000') === true)
      return { detail: 'Texts must not contain the character U+0000.' };
    const given = operatorCommands[caller.command].arguments.safeParse(typed);
    return given.success
      ? { ...caller, given: given.data }
      : { detail: describeIssues(given.error, typed).join('\n') };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { detail: 'The request body is nested too deeply.' };
  }
}

/** Builds a problem document: https://www.rfc-editor.org/rfc/rfc9457 */
const problem = (status: number, type: string, detail: string) =>
  respond(status, 'application/problem+json', {
    type,
    title: type.replaceAll('-', ' '),
    status,
    detail,
  });

const respond = (statusCode: number, contentType: string, body: object): Response => ({
  statusCode,
  headers: { 'content-type': contentType },
  body: JSON.stringify(body),
});

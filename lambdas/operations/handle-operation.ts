import type {
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import * as z from 'zod';
import { type CommandName, commandNames, commands } from '../catalog/operator-commands.ts';
import { parseJson } from '../platform/json.ts';
import { log } from '../platform/logger.ts';
import { redactText } from '../platform/redaction.ts';
import { type Answer, makeOperations, type OperationPorts } from './run-operation.ts';

const request = z.strictObject({
  command: z.enum(commandNames, { error: `expected one of: ${commandNames.join(', ')}` }),
  arguments: z.record(z.string(), z.unknown()).default({}),
});

type Run = (given: never, operator: string) => Promise<Answer>;

/**
 * One operator's command. API Gateway has checked the signature; whoever signed is whom the audit log names. What changes
 * something is written down with its result, in the function's log first: it is there even if Postgres is not.
 */
export function makeHandleOperation(ports: OperationPorts) {
  const operations = makeOperations(ports);

  return async function handleOperation(
    event: APIGatewayProxyEventV2WithIAMAuthorizer,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const operator = event.requestContext.authorizer?.iam?.userArn;
    if (operator === undefined)
      return problem(403, 'forbidden', 'The request is not signed by an identity of AWS.');
    const read = readRequest(event.body, event.isBase64Encoded);
    if ('detail' in read) return problem(400, 'invalid-request', read.detail);
    try {
      const answer = await run(read.command, read.given, operator);
      return answer === undefined
        ? problem(404, 'not-found', 'There is nothing that this names.')
        : respond(200, 'application/json', answer);
    } catch (error) {
      log.error('Operation failed', { operator, command: read.command, error });
      return problem(
        500,
        'failed',
        error instanceof Error ? error.message : 'The operation failed.',
      );
    }
  };

  async function run(
    command: CommandName,
    given: Record<string, unknown>,
    operator: string,
  ): Promise<Answer> {
    const operate = () => (operations[command] as Run)(given as never, operator);
    if (!commands[command].changes || given['dryRun'] === true) return operate();
    log.info('Operator acts', { operator, command, given });
    const { reason, ...args } = given;
    const text = typeof reason === 'string' ? reason : null;
    const record = (result: unknown) =>
      ports.store.recordAction({
        at: ports.now(),
        operator,
        command,
        reason: text,
        arguments: args,
        result,
      });
    const answer = await operate().catch(async (error: unknown) => {
      // Half of it may be done. Where Postgres is what failed, the log has to do.
      await record({ outcome: 'failed', error: redactText(String(error)) }).catch(() => {});
      throw error;
    });
    await record(answer ?? { outcome: 'not-found' });
    return answer;
  }
}

type ReadRequest =
  | { readonly command: CommandName; readonly given: Record<string, unknown> }
  | { readonly detail: string };

function readRequest(body: string | undefined, isBase64Encoded: boolean): ReadRequest {
  const text = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString();
  const parsed = request.safeParse(parseJson(text));
  if (!parsed.success) return { detail: z.prettifyError(parsed.error) };
  const { command } = parsed.data;
  const given = commands[command].arguments.safeParse(parsed.data.arguments);
  return given.success ? { command, given: given.data } : { detail: z.prettifyError(given.error) };
}

/** https://www.rfc-editor.org/rfc/rfc9457 */
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

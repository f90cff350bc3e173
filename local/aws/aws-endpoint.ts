import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { makeCloudWatch } from './cloudwatch.ts';
import {
  type EventBuses,
  type PutEventsEntry,
  ValidationException,
} from './eventbridge/eventbridge.ts';
import { closeServer, listen, readBody } from './http-server.ts';
import { type LocalKeys, makeKms } from './kms.ts';
import type { DeployedFunctions } from './lambda/deployed-functions.ts';
import type { MetricStore } from './metric-store.ts';
import type { LocalSecrets } from './secret-store.ts';
import { type AwsOperationResult, makeSecretsManager } from './secrets-manager.ts';

export interface AwsEndpoint {
  readonly url: string;
  stop(): Promise<void>;
}

interface AwsResponse {
  readonly statusCode: number;
  readonly body: object;
}

type Operations = Readonly<
  Record<string, (input: Record<string, unknown>) => Promise<AwsResponse>>
>;

export interface AwsEndpointDeps {
  readonly buses: () => EventBuses;
  readonly functions: () => DeployedFunctions;
  readonly secrets: LocalSecrets;
  readonly metrics: MetricStore;
  readonly keys: LocalKeys;
}

/**
 * Serves the operations of EventBridge, Secrets Manager, CloudWatch, KMS and Lambda that functions
 * call. Lambda uses REST paths; the others use the AWS JSON protocol.
 */
export async function startAwsEndpoint({
  buses,
  functions,
  secrets,
  metrics,
  keys,
}: AwsEndpointDeps): Promise<AwsEndpoint> {
  const operations: Operations = {
    'AWSEvents.PutEvents': async (input) =>
      success(await buses().put(input['Entries'] as PutEventsEntry[])),
    ...toOperations(makeSecretsManager(secrets)),
    ...toOperations(makeCloudWatch(metrics)),
    ...toOperations(makeKms(keys)),
  };
  const server = createServer((request, response) => {
    const served = invokedFunction(request)
      ? invoke(functions(), request, response)
      : callOperation(operations, request, response);
    served.catch((error: unknown) => write(response, errorResponse(error)));
  });
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => closeServer(server),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const invokedFunction = ({ url }: IncomingMessage) =>
  /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(url ?? '')?.[1];

async function invoke(
  functions: DeployedFunctions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = (await readBody(request)).toString();
  const name = decodeURIComponent(invokedFunction(request) ?? '');
  const event: unknown = JSON.parse(body || '{}');
  switch (request.headers['x-amz-invocation-type']) {
    case 'RequestResponse':
      return invokeAndWait(functions, name, event, response);
    case 'Event':
      functions.asyncInvoker(name).invoke(event);
      return write(response, { statusCode: 202, body: {} });
    default:
      return write(
        response,
        failure(400, 'InvalidParameterValueException', 'Local mode does not support dry runs.'),
      );
  }
}

async function invokeAndWait(
  functions: DeployedFunctions,
  name: string,
  event: unknown,
  response: ServerResponse,
): Promise<void> {
  const invocation = await functions.named(name).invoke(event);
  if (!invocation.ok) response.setHeader('x-amz-function-error', 'Unhandled');
  const payload = invocation.ok ? invocation.result : invocation.error;
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify(payload ?? null));
}

async function callOperation(
  operations: Operations,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  const target = String(request.headers['x-amz-target']);
  const operation = operations[target];
  if (operation === undefined)
    return write(
      response,
      failure(400, 'UnknownOperationException', `Local mode does not implement ${target}.`),
    );
  write(response, await operation(JSON.parse(body.toString())));
}

const toOperations = (
  operations: Readonly<Record<string, (input: Record<string, unknown>) => AwsOperationResult>>,
): Operations =>
  Object.fromEntries(
    Object.entries(operations).map(([target, operation]) => [
      target,
      async (input) => {
        const result = operation(input);
        return 'output' in result
          ? success(result.output)
          : failure(400, result.errorType, result.message);
      },
    ]),
  );

const success = (body: object): AwsResponse => ({ statusCode: 200, body });

const failure = (statusCode: number, type: string, message: string): AwsResponse => ({
  statusCode,
  body: { __type: type, message },
});

const errorResponse = (error: unknown): AwsResponse =>
  error instanceof ValidationException
    ? failure(400, error.name, error.message)
    : failure(500, 'InternalFailure', String(error));

function write(response: ServerResponse, { statusCode, body }: AwsResponse): void {
  response
    .writeHead(statusCode, { 'content-type': 'application/x-amz-json-1.1' })
    .end(JSON.stringify(body));
}

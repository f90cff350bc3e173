import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { makeCloudWatch } from './cloudwatch.ts';
import type { EventBuses, PutEventsEntry } from './eventbridge/eventbridge.ts';
import type { DeployedFunctions } from './lambda/deployed-functions.ts';
import { listen } from './listen.ts';
import type { MetricTally } from './metric-store.ts';
import type { LocalSecrets } from './secret-store.ts';
import { type AwsReply, makeSecretsManager } from './secrets-manager.ts';

export interface AwsEndpoint {
  readonly url: string;
  stop(): Promise<void>;
}

interface Answer {
  readonly statusCode: number;
  readonly body: object;
}

type Operations = Readonly<Record<string, (input: Record<string, unknown>) => Promise<Answer>>>;

export interface AwsServices {
  readonly buses: () => EventBuses;
  readonly functions: () => DeployedFunctions;
  readonly secrets: LocalSecrets;
  readonly metrics: MetricTally;
}

/** EventBridge, Secrets Manager, CloudWatch and Lambda, as far as functions use them, in the AWS JSON protocol, and Lambda in its own. */
export async function startAwsEndpoint({
  buses,
  functions,
  secrets,
  metrics,
}: AwsServices): Promise<AwsEndpoint> {
  const operations: Operations = {
    'AWSEvents.PutEvents': async (input) =>
      ok(await buses().put(input['Entries'] as PutEventsEntry[])),
    ...answering(makeSecretsManager(secrets)),
    ...answering(makeCloudWatch(metrics)),
  };
  const server = createServer((request, response) => {
    const served = invokedFunction(request)
      ? invoke(functions(), request, response)
      : serve(operations, request, response);
    served.catch((error: unknown) => write(response, fault(500, 'InternalFailure', String(error))));
  });
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
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
  const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
  const name = decodeURIComponent(invokedFunction(request) ?? '');
  if (request.headers['x-amz-invocation-type'] === 'RequestResponse') {
    const invocation = await functions.named(name).invoke(JSON.parse(body || '{}'));
    if (!invocation.ok) response.setHeader('x-amz-function-error', 'Unhandled');
    const answered = invocation.ok ? invocation.result : invocation.fault;
    return void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answered ?? null));
  }
  if (request.headers['x-amz-invocation-type'] !== 'Event')
    return write(
      response,
      fault(400, 'InvalidParameterValueException', 'Local mode has no dry runs.'),
    );
  functions.asyncInvoker(name).invoke(JSON.parse(body || '{}'));
  write(response, { statusCode: 202, body: {} });
}

async function serve(
  operations: Operations,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await Array.fromAsync(request as AsyncIterable<Buffer>);
  const target = String(request.headers['x-amz-target']);
  const operation = operations[target];
  if (operation === undefined)
    return write(
      response,
      fault(400, 'UnknownOperationException', `Local mode does not know ${target}.`),
    );
  write(response, await operation(JSON.parse(Buffer.concat(body).toString())));
}

const answering = (
  operations: Readonly<Record<string, (input: Record<string, unknown>) => AwsReply>>,
): Operations =>
  Object.fromEntries(
    Object.entries(operations).map(([target, operate]) => [
      target,
      async (input) => {
        const reply = operate(input);
        return 'answer' in reply ? ok(reply.answer) : fault(400, reply.fault, reply.message);
      },
    ]),
  );

const ok = (body: object): Answer => ({ statusCode: 200, body });

const fault = (statusCode: number, type: string, message: string): Answer => ({
  statusCode,
  body: { __type: type, message },
});

function write(response: ServerResponse, { statusCode, body }: Answer): void {
  response
    .writeHead(statusCode, { 'content-type': 'application/x-amz-json-1.1' })
    .end(JSON.stringify(body));
}

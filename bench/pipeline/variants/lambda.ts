import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSBatchResponse,
} from 'aws-lambda';
import { readEnv } from '../../../lambdas/platform/env.ts';
import { succeeded, toRecord } from '../../../local/aws/lambda/event-source-mapping.ts';
import type { ReceivedMessage } from '../../../local/aws/sqs.ts';
import { anHttpApiEvent } from '../../../test/support/http-api.ts';
import { type NextBatch, openEventSource } from '../../aws/queue/event-source.ts';
import type { Accept } from '../receiving.ts';

type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;
type Verifier = Handler<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;
type Processor = Handler<{ readonly Records: readonly object[] }, SQSBatchResponse>;

const context = {
  awsRequestId: 'bench',
  functionName: 'bench',
  getRemainingTimeInMillis: () => 30_000,
} as Context;

/** The verifier, and before it what API Gateway does with a request. */
export async function openReceiver(): Promise<Accept> {
  const handler = await load<Verifier>(readEnv(['VERIFIER_FILE']).VERIFIER_FILE);
  return async ({ body, headers }) => {
    const { statusCode = 500 } = await handler(anHttpApiEvent({ body, headers }), context);
    return statusCode;
  };
}

/** Processors, each with module state of its own as in a Lambda of its own, and the pollers that hand them batches. */
export async function startWorker(): Promise<void> {
  const names = ['PROCESSOR_FILE', 'PROCESSORS', 'EVENT_SOURCE_PORT'] as const;
  const { PROCESSOR_FILE, PROCESSORS, EVENT_SOURCE_PORT } = readEnv(names);
  for (let instance = 1; instance <= Number(PROCESSORS); instance += 1) {
    const process = await load<Processor>(`${PROCESSOR_FILE}?${instance}`);
    void poll(await openEventSource(Number(EVENT_SOURCE_PORT)), process);
  }
}

async function load<Loaded>(file: string): Promise<Loaded> {
  const { handler } = (await import(file)) as { readonly handler: Loaded };
  return handler;
}

const about = {
  queueArn: 'arn:aws:sqs:ap-southeast-2:000000000000:deliveries',
  region: 'ap-southeast-2',
};

async function poll(next: NextBatch, process: Processor): Promise<never> {
  let done: readonly ReceivedMessage[] = [];
  for (;;) {
    const batch = await next(done);
    done = await handle(process, batch).catch((error) => {
      console.error(error);
      return [];
    });
  }
}

async function handle(
  process: Processor,
  batch: readonly ReceivedMessage[],
): Promise<readonly ReceivedMessage[]> {
  const result = await process(
    { Records: batch.map((message) => toRecord(message, about)) },
    context,
  );
  return succeeded(batch, result, true);
}

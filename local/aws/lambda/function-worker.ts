/**
 * Entry point of a function's thread or process; takes the place of Lambda's runtime.
 * Loads the bundle, then handles one invocation after the other.
 * Imports types and Node modules only, because the bundle must find nothing here that Lambda lacks.
 */

import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type {
  FromWorker,
  InvocationError,
  ToWorker,
  WorkerSettings,
} from './execution-environment.ts';

type Handler = (event: unknown, context: object) => unknown;

const { file, exportName, functionName, memoryMb, region } = (
  parentPort === null ? JSON.parse(process.argv[2] ?? '{}') : workerData
) as WorkerSettings;

// Node.js has read it, and Lambda sets no such variable.
delete process.env['NODE_COMPILE_CACHE'];

// Ends the process with its parent, which may have been killed.
process.on('disconnect', () => process.exit());

const send = (message: FromWorker) =>
  parentPort === null ? process.send?.(message) : parentPort.postMessage(message);

const onInvocation = (receive: (invocation: ToWorker) => void) =>
  parentPort === null ? process.on('message', receive) : parentPort.on('message', receive);

try {
  const bundle = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const handler = bundle[exportName];
  if (typeof handler !== 'function')
    throw new Error(`${file} exports no function called ${exportName}.`);
  onInvocation((invocation) => run(handler as Handler, invocation));
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'init-failed', error: toInvocationError(error) });
}

async function run(handler: Handler, { requestId, payload, deadline }: ToWorker): Promise<void> {
  const context = {
    awsRequestId: requestId,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${region}:000000000000:function:${functionName}`,
    memoryLimitInMB: String(memoryMb),
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    const result = await handler(JSON.parse(payload), context);
    send({ kind: 'done', payload: JSON.stringify(result ?? null) });
  } catch (error) {
    send({ kind: 'failed', error: toInvocationError(error) });
  }
}

function toInvocationError(error: unknown): InvocationError {
  if (!(error instanceof Error))
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: (error.stack ?? '').split('\n').slice(1),
  };
}

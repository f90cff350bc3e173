import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { accessKeyOf } from '../aws/http-api-event.ts';
import { type AsyncInvoker, makeAsyncInvoker } from '../aws/lambda/async-invocation.ts';
import type { DeployedFunctions } from '../aws/lambda/deployed-functions.ts';
import type { Isolation } from '../aws/lambda/function-runtime.ts';
import { type LocalFunction, makeFunction } from '../aws/lambda/functions.ts';
import { type LocalQueues, queueNameIn } from '../aws/sqs.ts';
import type { Reporter } from '../reporter.ts';
import type { Assembly } from './assembly.ts';
import { functionNameIn } from './identities.ts';
import type { ParsedResource, Resources } from './resources.ts';

export interface DeployContext {
  readonly resources: Resources;
  readonly assembly: Assembly;
  readonly region: string;
  readonly queues: LocalQueues;
  readonly reporter: Reporter;
  /** Environment variables of every function, without those of the template. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeScale: number;
  readonly isolation: Isolation;
}

/** Limits parallel work to the few cores of one machine. */
export const LOCAL_CONCURRENCY = 4;

export function deployFunctions(context: DeployContext): DeployedFunctions {
  const functions = new Map<string, LocalFunction>();
  const invokers = new Map<string, AsyncInvoker>();
  for (const resource of context.resources.ofType('AWS::Lambda::Function')) {
    const local = localFunction(resource, context);
    functions.set(resource.identity.ref, local);
    invokers.set(resource.identity.ref, asyncInvoker(resource, local, context));
  }
  const find = <Item>(items: Map<string, Item>, nameOrArn: string): Item => {
    const item = items.get(functionNameIn(nameOrArn));
    if (item === undefined) throw new Error(`The template has no function ${nameOrArn}.`);
    return item;
  };
  return {
    named: (nameOrArn) => find(functions, nameOrArn),
    all: [...functions.values()],
    asyncInvoker: (nameOrArn) => find(invokers, nameOrArn),
    async stop() {
      await Promise.all([...invokers.values()].map((invoker) => invoker.stop()));
      await Promise.all([...functions.values()].map((local) => local.kill()));
    },
  };
}

function localFunction(
  { id, identity, properties }: ParsedResource<'AWS::Lambda::Function'>,
  context: DeployContext,
): LocalFunction {
  const { assembly, region, reporter } = context;
  const name = labelOf(id);
  const directory = assembly.bundle(properties.Code.S3Key);
  const [file = 'index'] = properties.Handler.split('.');
  const local = makeFunction(
    {
      name: identity.ref,
      directory,
      handler: properties.Handler,
      timeoutSeconds: properties.Timeout,
      memoryMb: properties.MemorySize,
      region,
      environment: {
        ...context.environment,
        AWS_ACCESS_KEY_ID: accessKeyOf(properties.Role.split('/').at(-1) ?? ''),
        ...properties.Environment?.Variables,
        AWS_LAMBDA_FUNCTION_NAME: identity.ref,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize),
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${identity.ref}`,
        AWS_LAMBDA_LOG_STREAM_NAME: 'local',
        LAMBDA_TASK_ROOT: directory,
        _HANDLER: properties.Handler,
      },
      concurrency: Math.min(
        properties.ReservedConcurrentExecutions ?? LOCAL_CONCURRENCY,
        LOCAL_CONCURRENCY,
      ),
      isolation: context.isolation,
      onOutput: (line) => reporter.functionOutput(name, line),
    },
    bundleFile(directory, file),
  );
  return {
    ...local,
    name,
    async invoke(event, requestId) {
      const invocation = await local.invoke(event, requestId);
      if (!invocation.ok) {
        const { errorType, errorMessage } = invocation.error;
        reporter.functionError(name, `${errorType}: ${errorMessage}`);
      }
      return invocation;
    },
  };
}

/** Shortens the CDK's id for people: `MuxProcessorFunction0E6B8564` becomes `MuxProcessor`. */
const labelOf = (id: string) => id.replace(/(?:Function)?[0-9A-F]{8}$/, '');

function bundleFile(directory: string, file: string): string {
  const found = ['mjs', 'js', 'cjs']
    .map((ending) => join(directory, `${file}.${ending}`))
    .find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(`There is no ${file}.mjs or ${file}.js in ${directory}.`);
  return found;
}

function asyncInvoker(
  { identity }: ParsedResource<'AWS::Lambda::Function'>,
  target: LocalFunction,
  context: DeployContext,
): AsyncInvoker {
  const { resources, queues, timeScale } = context;
  const config = resources
    .ofType('AWS::Lambda::EventInvokeConfig')
    .find(({ properties }) => properties.FunctionName === identity.ref)?.properties;
  const destination = config?.DestinationConfig?.OnFailure?.Destination;
  return makeAsyncInvoker({
    target,
    functionArn: identity.attributes['Arn'] ?? identity.ref,
    maximumRetryAttempts: config?.MaximumRetryAttempts ?? 2,
    timeScale,
    ...(destination === undefined
      ? {}
      : {
          onFailure: (record: object) =>
            queues.send(queueNameIn(destination), JSON.stringify(record)),
        }),
  });
}

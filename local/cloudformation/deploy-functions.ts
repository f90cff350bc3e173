import { isDeepStrictEqual } from 'node:util';
import { accessKeyOf } from '../aws/http-api-event.ts';
import {
  type AsyncInvoker,
  type AsyncSettings,
  makeAsyncInvoker,
} from '../aws/lambda/async-invocation.ts';
import type { DeployedFunctions } from '../aws/lambda/deployed-functions.ts';
import type { Isolation } from '../aws/lambda/function-runtime.ts';
import {
  type FunctionSettings,
  type LocalFunction,
  makeFunction,
  type ReplaceableFunction,
} from '../aws/lambda/functions.ts';
import { type LocalQueues, queueNameIn } from '../aws/sqs.ts';
import type { Reporter } from '../reporter.ts';
import type { FunctionCode } from './function-code.ts';
import { functionNameIn } from './identities.ts';
import type { ParsedResource, Resources } from './resources.ts';

export interface DeployContext {
  readonly resources: Resources;
  readonly code: FunctionCode;
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

/** Functions whose code and settings can change while they run. */
export interface UpdatableFunctions extends DeployedFunctions {
  /**
   * Changes the functions to those of the context. Invocations that run finish with their code.
   * @returns the changed functions, by their names for people.
   */
  update(context: DeployContext): FunctionChanges;
}

export interface FunctionChanges {
  readonly added: readonly LocalFunction[];
  readonly replaced: readonly LocalFunction[];
  readonly removed: readonly LocalFunction[];
}

interface DeployedFunction {
  readonly local: ReplaceableFunction;
  readonly invoker: AsyncInvoker;
  readonly settings: FunctionSettings;
}

export function deployFunctions(context: DeployContext): UpdatableFunctions {
  const deployed = new Map<string, DeployedFunction>();
  const find = (nameOrArn: string): DeployedFunction => {
    const item = deployed.get(functionNameIn(nameOrArn));
    if (item === undefined) throw new Error(`The template has no function ${nameOrArn}.`);
    return item;
  };
  const locals = () => [...deployed.values()].map(({ local }) => local);

  function update(next: DeployContext): FunctionChanges {
    const resources = next.resources.ofType('AWS::Lambda::Function');
    // Makes all settings first: an error in them changes nothing.
    const wanted = new Map(
      resources.map((resource) => [resource.identity.ref, functionSettings(resource, next)]),
    );
    const before = new Map(deployed);
    for (const resource of resources) {
      const { ref } = resource.identity;
      const settings = wanted.get(ref);
      if (settings !== undefined)
        deployed.set(ref, deployOne(resource, settings, next, before.get(ref)));
    }
    for (const [name, { local, settings }] of before)
      if (!wanted.has(name)) {
        deployed.delete(name);
        // Ends the idle runtimes now, and each running one after its invocation.
        local.replace({ ...settings });
      }
    return changesBetween(before, deployed);
  }

  update(context);
  return {
    named: (nameOrArn) => find(nameOrArn).local,
    get all() {
      return locals();
    },
    asyncInvoker: (nameOrArn) => find(nameOrArn).invoker,
    update,
    async stop() {
      await Promise.all([...deployed.values()].map(({ invoker }) => invoker.stop()));
      await Promise.all(locals().map((local) => local.kill()));
    },
  };
}

function deployOne(
  resource: ParsedResource<'AWS::Lambda::Function'>,
  settings: FunctionSettings,
  context: DeployContext,
  before: DeployedFunction | undefined,
): DeployedFunction {
  if (before === undefined) {
    const local = makeReportingFunction(labelOf(resource.id), settings, context.reporter);
    const invoker = makeAsyncInvoker(asyncSettings(resource, local, context));
    return { local, invoker, settings };
  }
  before.invoker.replace(asyncSettings(resource, before.local, context));
  if (isDeepStrictEqual(withoutOutput(before.settings), withoutOutput(settings))) return before;
  before.local.replace(settings);
  return { ...before, settings };
}

const withoutOutput = ({ onOutput: _, ...settings }: FunctionSettings) => settings;

function changesBetween(
  before: ReadonlyMap<string, DeployedFunction>,
  after: ReadonlyMap<string, DeployedFunction>,
): FunctionChanges {
  const functionsIn = (
    items: ReadonlyMap<string, DeployedFunction>,
    isWanted: (name: string, item: DeployedFunction) => boolean,
  ) => [...items].flatMap(([name, item]) => (isWanted(name, item) ? [item.local] : []));
  return {
    added: functionsIn(after, (name) => !before.has(name)),
    replaced: functionsIn(after, (name, item) => before.has(name) && before.get(name) !== item),
    removed: functionsIn(before, (name) => !after.has(name)),
  };
}

function functionSettings(
  { id, identity, properties }: ParsedResource<'AWS::Lambda::Function'>,
  { region, reporter, code, environment, isolation }: DeployContext,
): FunctionSettings {
  const { ref } = identity;
  const { Timeout, MemorySize, Handler } = properties;
  const { directory, file, inspectPort } = code(properties);
  return {
    name: ref,
    file,
    exportName: Handler.split('.')[1] ?? 'handler',
    timeoutSeconds: Timeout,
    memoryMb: MemorySize,
    region,
    environment: {
      ...environment,
      AWS_ACCESS_KEY_ID: accessKeyOf(properties.Role.split('/').at(-1) ?? ''),
      ...properties.Environment?.Variables,
      AWS_LAMBDA_FUNCTION_NAME: ref,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${ref}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      LAMBDA_TASK_ROOT: directory,
      _HANDLER: Handler,
    },
    concurrency: Math.min(
      properties.ReservedConcurrentExecutions ?? LOCAL_CONCURRENCY,
      // A debugger attaches to one process.
      inspectPort === undefined ? LOCAL_CONCURRENCY : 1,
    ),
    isolation,
    ...(inspectPort === undefined ? {} : { inspectPort }),
    onOutput: (line) => reporter.functionOutput(labelOf(id), line),
  };
}

/** Makes a function that has a name for people and reports its errors. */
function makeReportingFunction(
  name: string,
  settings: FunctionSettings,
  reporter: Reporter,
): ReplaceableFunction {
  const local = makeFunction(settings);
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
export const labelOf = (id: string) => id.replace(/(?:Function)?[0-9A-F]{8}$/, '');

function asyncSettings(
  { identity }: ParsedResource<'AWS::Lambda::Function'>,
  target: LocalFunction,
  context: DeployContext,
): AsyncSettings {
  const { resources, queues, timeScale } = context;
  const config = resources
    .ofType('AWS::Lambda::EventInvokeConfig')
    .find(({ properties }) => properties.FunctionName === identity.ref)?.properties;
  const destination = config?.DestinationConfig?.OnFailure?.Destination;
  return {
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
  };
}

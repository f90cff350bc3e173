import type { ScheduleSettings } from '../aws/eventbridge/scheduler.ts';
import type { Route } from '../aws/http-api.ts';
import type { DeployedFunctions } from '../aws/lambda/deployed-functions.ts';
import {
  type EventSource,
  type EventSourceSettings,
  startEventSource,
} from '../aws/lambda/event-source-mapping.ts';
import { type QueueSettings, queueNameIn } from '../aws/sqs.ts';
import { type DeployContext, LOCAL_CONCURRENCY } from './deploy-functions.ts';

/** Creates the queues. A queue that exists keeps its messages and gets the new attributes. */
export async function deployQueues(context: DeployContext): Promise<void> {
  for (const settings of queueSettings(context)) await context.queues.create(settings);
}

export const queueSettings = ({
  resources,
}: Pick<DeployContext, 'resources'>): readonly QueueSettings[] =>
  resources.ofType('AWS::SQS::Queue').map(({ identity, properties }) => ({
    name: identity.attributes['QueueName'] ?? '',
    visibilitySeconds: properties.VisibilityTimeout,
    delaySeconds: properties.DelaySeconds,
    ...(properties.RedrivePolicy === undefined ? {} : { redrive: properties.RedrivePolicy }),
  }));

/** Event sources whose settings can change while they run. */
export interface EventSources {
  /** Starts the sources of the context, and ends those that it lacks or that changed. */
  update(context: DeployContext): void;
  stop(): Promise<void>;
}

export function deployEventSources(
  context: DeployContext,
  functions: Pick<DeployedFunctions, 'named'>,
): EventSources {
  const current = new Map<string, EventSource>();
  const retired: EventSource[] = [];

  function update(next: DeployContext): void {
    const wanted = new Map(
      eventSourceSettings(next).map((settings) => [JSON.stringify(settings), settings]),
    );
    for (const [key, source] of current)
      if (!wanted.has(key)) {
        source.retire();
        retired.push(source);
        current.delete(key);
      }
    for (const [key, { functionName, ...settings }] of wanted)
      if (!current.has(key)) {
        const target = functions.named(functionName);
        current.set(key, startEventSource({ ...settings, target }, next.queues));
      }
  }

  update(context);
  return {
    update,
    async stop() {
      await Promise.all([...current.values(), ...retired].map((source) => source.stop()));
    },
  };
}

type SettingsByName = Omit<EventSourceSettings, 'target'> & { readonly functionName: string };

const eventSourceSettings = ({ resources, region }: DeployContext): readonly SettingsByName[] =>
  resources
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties.Enabled)
    .map(({ properties }) => ({
      queueName: queueNameIn(properties.EventSourceArn),
      queueArn: properties.EventSourceArn,
      region,
      functionName: properties.FunctionName,
      batchSize: properties.BatchSize,
      windowSeconds: properties.MaximumBatchingWindowInSeconds,
      reportsItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      concurrency: Math.min(
        properties.ScalingConfig?.MaximumConcurrency ?? LOCAL_CONCURRENCY,
        LOCAL_CONCURRENCY,
      ),
    }));

export function deployRoutes(
  { resources }: Pick<DeployContext, 'resources'>,
  functions: Pick<DeployedFunctions, 'named'>,
): Route[] {
  const integrations = new Map(
    resources
      .ofType('AWS::ApiGatewayV2::Integration')
      .map(({ identity, properties }) => [identity.ref, properties]),
  );
  return resources
    .ofType('AWS::ApiGatewayV2::Route')
    .map(({ properties: { RouteKey, Target, AuthorizationType } }) => {
      const integration = integrations.get(Target.slice(Target.indexOf('/') + 1));
      if (integration === undefined) throw new Error(`The route ${RouteKey} has no integration.`);
      const [method = 'ANY', path = '$default'] =
        RouteKey === '$default' ? [] : RouteKey.split(' ');
      const target = functions.named(integration.IntegrationUri);
      const signed = AuthorizationType === 'AWS_IAM';
      return { key: RouteKey, method, path, signed, invoke: (event) => target.invoke(event) };
    });
}

export function deploySchedules(
  { resources }: DeployContext,
  functions: Pick<DeployedFunctions, 'named' | 'asyncInvoker'>,
): ScheduleSettings[] {
  return resources
    .ofType('AWS::Scheduler::Schedule')
    .filter(({ properties }) => properties.State === 'ENABLED')
    .map(
      ({ identity, properties: { ScheduleExpression, ScheduleExpressionTimezone, Target } }) => ({
        name: functions.named(Target.Arn).name,
        arn: identity.attributes['Arn'] ?? identity.ref,
        expression: ScheduleExpression,
        timezone: ScheduleExpressionTimezone,
        input: Target.Input,
        invoke: (event) => functions.asyncInvoker(Target.Arn).invoke(event),
      }),
    );
}

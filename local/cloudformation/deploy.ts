import { type BusEvent, type EventBuses, makeEventBuses } from '../aws/eventbridge/eventbridge.ts';
import type { ScheduleSettings } from '../aws/eventbridge/scheduler.ts';
import type { Route } from '../aws/http-api.ts';
import type { DeployedFunctions } from '../aws/lambda/deployed-functions.ts';
import { type EventSource, startEventSource } from '../aws/lambda/event-source-mapping.ts';
import type { Topics } from '../aws/sns.ts';
import { type LocalQueues, queueNameIn } from '../aws/sqs.ts';
import { type DeployContext, LOCAL_CONCURRENCY } from './deploy-functions.ts';

export async function deployQueues({ resources, queues }: DeployContext): Promise<void> {
  for (const { identity, properties } of resources.ofType('AWS::SQS::Queue')) {
    await queues.create({
      name: identity.attributes['QueueName'] ?? '',
      visibilitySeconds: properties.VisibilityTimeout,
      delaySeconds: properties.DelaySeconds,
      ...(properties.RedrivePolicy === undefined ? {} : { redrive: properties.RedrivePolicy }),
    });
  }
}

export function deployEventSources(
  { resources, queues, region }: DeployContext,
  functions: DeployedFunctions,
): EventSource[] {
  return resources
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties.Enabled)
    .map(({ properties }) =>
      startEventSource(
        {
          queueName: queueNameIn(properties.EventSourceArn),
          queueArn: properties.EventSourceArn,
          region,
          target: functions.named(properties.FunctionName),
          batchSize: properties.BatchSize,
          windowSeconds: properties.MaximumBatchingWindowInSeconds,
          reportsItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
          concurrency: Math.min(
            properties.ScalingConfig?.MaximumConcurrency ?? LOCAL_CONCURRENCY,
            LOCAL_CONCURRENCY,
          ),
        },
        queues,
      ),
    );
}

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

export function deployBuses(
  context: DeployContext,
  functions: DeployedFunctions,
  topics: Topics,
): EventBuses {
  const { resources, queues, region } = context;
  const names = resources.ofType('AWS::Events::EventBus').map(({ identity }) => identity.ref);
  const rules = resources
    .ofType('AWS::Events::Rule')
    .filter(({ properties }) => properties.State === 'ENABLED')
    .map(({ id, properties }) => ({
      bus: properties.EventBusName,
      pattern: properties.EventPattern,
      targets: properties.Targets.map(({ Arn, Input, InputPath, InputTransformer }) => {
        if (Input !== undefined || InputTransformer !== undefined)
          throw new Error(
            `The rule ${id} sets Input or InputTransformer; local mode supports InputPath only.`,
          );
        const deliver = deliveryTo(Arn, { queues, functions, topics });
        return InputPath === undefined
          ? deliver
          : (event: BusEvent) => deliver(atPath(event, InputPath));
      }),
    }));
  return makeEventBuses(['default', ...names], rules, region);
}

/** Reads the value at a path such as `$.detail.message`; EventBridge supports little more. */
function atPath(event: BusEvent, path: string): unknown {
  const names = path.split('.').slice(1);
  return names.reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | undefined)?.[name],
    event,
  );
}

interface TargetServices {
  readonly queues: LocalQueues;
  readonly functions: DeployedFunctions;
  readonly topics: Topics;
}

function deliveryTo(
  arn: string,
  { queues, functions, topics }: TargetServices,
): (input: unknown) => Promise<void> {
  const service = arn.split(':')[2];
  if (service === 'sqs') return (input) => queues.send(queueNameIn(arn), JSON.stringify(input));
  if (service === 'lambda') return async (input) => functions.asyncInvoker(arn).invoke(input);
  if (service === 'sns') return async (input) => topics.publish(arn, input);
  throw new Error(
    `A rule has the target ${arn}; ` +
      'local/cloudformation/deploy.ts supports queues, functions and topics.',
  );
}

export function deploySchedules(
  { resources }: DeployContext,
  functions: DeployedFunctions,
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

import type { ScheduleSettings } from '../aws/eventbridge/scheduler.ts';
import type { Route } from '../aws/http-api.ts';
import type { DeployedFunctions } from '../aws/lambda/deployed-functions.ts';
import { type EventSource, startEventSource } from '../aws/lambda/event-source-mapping.ts';
import { queueNameIn } from '../aws/sqs.ts';
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

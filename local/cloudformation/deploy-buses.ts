import type { DeliveryStore } from '../aws/eventbridge/delivery-store.ts';
import {
  type BusDefinition,
  type EventBuses,
  makeEventBuses,
} from '../aws/eventbridge/eventbridge.ts';
import type { BusTarget } from '../aws/eventbridge/target-delivery.ts';
import type { DeployedFunctions } from '../aws/lambda/deployed-functions.ts';
import type { Topics } from '../aws/sns.ts';
import { type LocalQueues, queueNameIn } from '../aws/sqs.ts';
import type { DeployContext } from './deploy-functions.ts';
import type { ParsedResource } from './resources.ts';

type RuleResource = ParsedResource<'AWS::Events::Rule'>;
type TargetProperties = RuleResource['properties']['Targets'][number];

interface TargetServices {
  readonly queues: LocalQueues;
  readonly functions: DeployedFunctions;
  readonly topics: Topics;
}

/** Deploys buses and rules. @param store Keeps events that a target has not accepted. */
export function deployBuses(
  context: DeployContext,
  services: Omit<TargetServices, 'queues'>,
  store: DeliveryStore,
): EventBuses {
  const { region, timeScale, reporter } = context;
  const definition = busDefinition(context, services);
  return makeEventBuses({ ...definition, region, store, timeScale, warn: reporter.warn });
}

export function busDefinition(
  { resources, queues }: DeployContext,
  { functions, topics }: Omit<TargetServices, 'queues'>,
): BusDefinition {
  const names = resources.ofType('AWS::Events::EventBus').map(({ identity }) => identity.ref);
  const services = { queues, functions, topics };
  const rules = resources
    .ofType('AWS::Events::Rule')
    .filter(({ properties }) => properties.State === 'ENABLED')
    .map((rule) => ({
      bus: rule.properties.EventBusName,
      pattern: rule.properties.EventPattern,
      targets: rule.properties.Targets.map((target) => makeTarget(rule, target, services)),
    }));
  return { busNames: ['default', ...names], rules };
}

function makeTarget(
  { id, identity }: RuleResource,
  { Arn, Input, InputPath, InputTransformer, RetryPolicy, DeadLetterConfig }: TargetProperties,
  services: TargetServices,
): BusTarget {
  if (Input !== undefined || InputTransformer !== undefined)
    throw new Error(
      `The rule ${id} sets Input or InputTransformer; local mode supports InputPath only.`,
    );
  const send = deliveryTo(Arn, services);
  const deadLetters = DeadLetterConfig?.Arn;
  return {
    ruleArn: identity.attributes['Arn'] ?? identity.ref,
    targetArn: Arn,
    maximumRetryAttempts: RetryPolicy.MaximumRetryAttempts,
    maximumEventAgeSeconds: RetryPolicy.MaximumEventAgeInSeconds,
    deliver: (event) => send(InputPath === undefined ? event : atPath(event, InputPath)),
    ...(deadLetters === undefined
      ? {}
      : {
          sendDeadLetter: (event, attributes) =>
            services.queues.send(queueNameIn(deadLetters), JSON.stringify(event), attributes),
        }),
  };
}

/** Reads the value at a path such as `$.detail.message`; EventBridge supports little more. */
function atPath(event: unknown, path: string): unknown {
  const names = path.split('.').slice(1);
  return names.reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | undefined)?.[name],
    event,
  );
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
      'local/cloudformation/deploy-buses.ts supports queues, functions and topics.',
  );
}

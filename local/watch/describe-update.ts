import { queueNameIn } from '../aws/sqs.ts';
import { labelOf } from '../cloudformation/deploy-functions.ts';
import type { Resources, ResourceType } from '../cloudformation/resources.ts';

/** Kinds of resources in the words of the console. Other kinds have no settings in local mode. */
const kinds = {
  'AWS::Lambda::Function': 'function',
  'AWS::Lambda::EventSourceMapping': 'event source',
  'AWS::Lambda::EventInvokeConfig': 'retries of a function',
  'AWS::SQS::Queue': 'queue',
  'AWS::ApiGatewayV2::Route': 'route',
  'AWS::Events::EventBus': 'event bus',
  'AWS::Events::Rule': 'rule',
  'AWS::Scheduler::Schedule': 'schedule',
  'AWS::SecretsManager::Secret': 'secret',
} as const satisfies Partial<Record<ResourceType, string>>;

/** Settings of each resource, without the hash of a function's code. */
export type ResourceSnapshot = ReadonlyMap<string, string>;

export function takeSnapshot(resources: Pick<Resources, 'ofType'>): ResourceSnapshot {
  const types = Object.keys(kinds) as (keyof typeof kinds)[];
  return new Map(
    types.flatMap((type) =>
      resources
        .ofType(type)
        .map(({ id, properties }) => [
          `${kinds[type]} ${nameOf(type, id, properties)}`,
          JSON.stringify({ ...properties, Code: undefined }),
        ]),
    ),
  );
}

function nameOf(type: string, id: string, properties: object): string {
  if (type === 'AWS::ApiGatewayV2::Route' && 'RouteKey' in properties)
    return String(properties.RouteKey);
  if (type === 'AWS::Lambda::EventSourceMapping' && 'EventSourceArn' in properties)
    return labelOf(queueNameIn(String(properties.EventSourceArn)));
  return labelOf(id);
}

/** Describes each difference, for example `changed: queue MuxQueue`. */
export function describeUpdate(
  before: ResourceSnapshot,
  after: ResourceSnapshot,
): readonly string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    if (!before.has(name)) return [`added: ${name}`];
    if (!after.has(name)) return [`removed: ${name}`];
    return before.get(name) === after.get(name) ? [] : [`changed: ${name}`];
  });
}

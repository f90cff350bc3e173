import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { eventSource } from '../../lambdas/catalog/domain-events.ts';

/** Adds the bus of the domain events and its archive, both of which survive the stack. */
export function archivedEventBus(scope: Construct, id: string, archiveDays: number): EventBus {
  const bus = new EventBus(scope, id, {
    description: 'Domain events of the portal, published from its outbox',
  });
  const archive = bus.archive('Archive', {
    description: 'All domain events, so that a consumer can replay them',
    eventPattern: { source: [eventSource] },
    retention: Duration.days(archiveDays),
  });
  for (const resource of [bus, archive])
    resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  return bus;
}

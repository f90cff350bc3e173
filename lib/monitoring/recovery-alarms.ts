import { Duration } from 'aws-cdk-lib';
import type { Provider } from '../../lambdas/catalog/providers.ts';
import { registry } from '../../lambdas/providers/registry.ts';
import type { StageConfig } from '../config.ts';
import type { AlarmGroup } from './alarm-group.ts';
import { healthyWithoutData } from './missing-data.ts';
import { serviceMetric } from './service-metric.ts';

/** Adds the alarms on webhooks that differ, and on deliveries that were lost. */
export function addRecoveryAlarms(
  group: AlarmGroup,
  provider: Provider,
  { stage }: StageConfig,
): void {
  addEndpointAlarm(group, provider, stage);
  if (registry[provider].reconciliationKey === undefined) return;
  group.addAlarm({
    section: 'missed-events',
    description:
      `Events of ${provider} were never delivered, and the job reconcile recovered them. ` +
      'Members saw the result up to an hour late, and the next deliveries may be lost too.',
    metric: serviceMetric(stage, 'reconciliation', 'MissedEventsRecovered', { provider }).with({
      period: Duration.minutes(15),
    }),
    threshold: 0,
    ...healthyWithoutData('the job reconcile does not run, which has an alarm of its own.'),
    paging: false,
  });
}

/** Adds the alarm on the provider's webhook, if a key reads it. */
function addEndpointAlarm(group: AlarmGroup, provider: Provider, stage: string): void {
  if (registry[provider].webhooksKey === undefined) return;
  group.addAlarm({
    section: 'endpoint-faults',
    description:
      `The webhook of ${provider} is missing, disabled, at another URL or without an event type. ` +
      `Events of ${provider} do not arrive. Repair: npm run ops -- endpoints repair ${provider}.`,
    metric: serviceMetric(stage, 'endpoints', 'EndpointFaults', { provider }).with({
      period: Duration.hours(1),
    }),
    threshold: 0,
    ...healthyWithoutData('the job check-endpoints does not run, which has an alarm of its own.'),
  });
}

import { Duration } from 'aws-cdk-lib';
import type { Provider } from '../../lambdas/catalog/providers.ts';
import { registry } from '../../lambdas/providers/registry.ts';
import type { StageConfig } from '../config.ts';
import type { AlarmGroup } from './alarm-group.ts';
import { healthyWithoutData } from './missing-data.ts';
import { serviceMetric } from './service-metric.ts';

/** Adds the alarm on deliveries that were lost, if the provider's records are compared. */
export function addRecoveryAlarms(
  group: AlarmGroup,
  provider: Provider,
  { stage }: StageConfig,
): void {
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

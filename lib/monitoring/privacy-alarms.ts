import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { MaskedLogGroup } from '../masked-log-group.ts';
import { AlarmGroup } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { healthyWithoutData } from './missing-data.ts';
import { serviceMetric, total } from './service-metric.ts';

/**
 * Limit of CloudWatch:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
 */
const MAX_METRICS_PER_ALARM = 10;

/**
 * Creates the alarms on private data in logs and on the residency report. They do not page, because
 * CloudWatch masks the data, and a report is weekly.
 */
export function privacyAlarms(scope: Construct, { config, onCall, logs }: AlarmsProps): AlarmGroup {
  const group = new AlarmGroup(scope, 'Privacy', { name: 'privacy', config, topic: onCall.topic });
  for (const [index, logGroups] of chunks(logs, MAX_METRICS_PER_ALARM).entries())
    group.addAlarm({
      section: 'private-data-in-logs',
      subject: `logs-${index + 1}`,
      description:
        'A log contains data that the redaction in code should have removed. CloudWatch masks ' +
        'it; principals with logs:Unmask can read it until the log retention ends.',
      metric: total('Lines with private data', Duration.minutes(5), ...logGroups.map(findings)),
      threshold: 0,
      // A finding is counted once, perhaps minutes late. Each period is evaluated three times.
      evaluationPeriods: 3,
      datapointsToAlarm: 1,
      ...healthyWithoutData('no private data was found.'),
      paging: false,
    });
  addResidencyAlarms(group, config.stage);
  return group;
}

/** Adds the alarms on findings of the weekly report. Each lasts until a report without it. */
function addResidencyAlarms(group: AlarmGroup, stage: string): void {
  const weekly = (metric: 'ResidencyViolations' | 'RegionsNotEstablished') => ({
    metric: serviceMetric(stage, 'jobs', metric, { job: 'report-residency' }).with({
      period: Duration.days(1),
    }),
    threshold: 0,
    // The longest window of CloudWatch, and the time between two reports.
    evaluationPeriods: 7,
    datapointsToAlarm: 1,
    ...healthyWithoutData('the job report-residency does not run, which has an alarm of its own.'),
    paging: false,
  });
  group.addAlarm({
    section: 'residency-violation',
    description:
      'The last residency report lists videos that are stored outside the allowed regions. ' +
      'The compliance advisor has the report by mail.',
    ...weekly('ResidencyViolations'),
  });
  group.addAlarm({
    section: 'residency-not-established',
    description:
      'The last residency report could not establish where some videos are stored: their ' +
      'provider reports no region, and no operator declared one.',
    ...weekly('RegionsNotEstablished'),
  });
}

const findings = ({ logGroupName }: MaskedLogGroup) =>
  new Metric({
    namespace: 'AWS/Logs',
    metricName: 'LogEventsWithFindings',
    dimensionsMap: { LogGroupName: logGroupName, DataProtectionOperation: 'Audit' },
    statistic: Stats.SUM,
  });

const chunks = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

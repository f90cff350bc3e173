import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AlarmGroup } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { healthyWithoutData } from './missing-data.ts';
import { serviceMetric } from './service-metric.ts';

const FIVE_MINUTES = Duration.minutes(5);

/**
 * Creates the alarms on commands that are not in the audit log, on a changed audit log, and on
 * callers beside the API.
 */
export function auditAlarms(scope: Construct, { config, onCall }: AlarmsProps): AlarmGroup {
  const group = new AlarmGroup(scope, 'Audit', { name: 'audit', config, topic: onCall.topic });
  group.addAlarm({
    section: 'audit-records-missing',
    description:
      'An operator command was carried out, but the audit log could not record it. Only the log ' +
      'of the operations function has the record, until its retention ends.',
    metric: serviceMetric(config.stage, 'audit', 'AuditRecordsMissing', {}).with({
      period: FIVE_MINUTES,
    }),
    threshold: 0,
    ...healthyWithoutData('no recorded command ran.'),
    paging: false,
  });
  group.addAlarm({
    section: 'audit-log-changed',
    description:
      'Records of the audit log that were signed are missing or different, or the chain has a ' +
      'new break. Somebody changed the table, or the database was restored. Lasts for a week.',
    metric: serviceMetric(config.stage, 'jobs', 'AuditProblemsFound', {
      job: 'sign-audit-head',
    }).with({ period: Duration.days(1) }),
    threshold: 0,
    evaluationPeriods: 7,
    datapointsToAlarm: 1,
    ...healthyWithoutData('the job sign-audit-head does not run, which has an alarm of its own.'),
    paging: false,
  });
  group.addAlarm({
    section: 'foreign-invocations',
    description:
      'The operations function was invoked beside the API and rejected. Somebody who may invoke ' +
      'functions of this account tried to run a command without an identity.',
    metric: serviceMetric(config.stage, 'foreign-invocations', 'ForeignInvocations', {}).with({
      period: FIVE_MINUTES,
    }),
    threshold: 0,
    ...healthyWithoutData('every invocation came through the API.'),
    paging: false,
  });
  return group;
}

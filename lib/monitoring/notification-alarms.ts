import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { RedrivableQueue } from '../redrivable-queue.ts';
import { AlarmGroup } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { emptyQueue, healthyWithoutData } from './missing-data.ts';
import { deadLetters } from './provider-alarms.ts';
import { serviceMetric } from './service-metric.ts';

const FIVE_MINUTES = Duration.minutes(5);
const QUARTER_HOUR = Duration.minutes(15);
const HOUR = Duration.hours(1);

/**
 * Returns the age of the oldest mail request. A rate-limited request is a new
 * message for SQS, so the sender reports the age of such requests.
 */
function oldestRequest(stage: string, { queue }: RedrivableQueue): MathExpression {
  return new MathExpression({
    label: 'Oldest mail request, s',
    expression: 'IF(FILL(held, 0) > FILL(waiting, 0), FILL(held, 0), FILL(waiting, 0))',
    usingMetrics: {
      waiting: queue.metricApproximateAgeOfOldestMessage(),
      held: serviceMetric(stage, 'mails', 'MailAgeSeconds', { outcome: 'rate-limited' }),
    },
    period: FIVE_MINUTES,
  });
}

/** Creates the alarms on the queue of mail requests, on the sender and on mails that failed. */
export function notificationAlarms(
  scope: Construct,
  { config, onCall, notifications: { requests, sender } }: AlarmsProps,
): AlarmGroup {
  const group = new AlarmGroup(scope, 'Notifications', {
    name: 'notifications',
    config,
    topic: onCall.topic,
  });
  group.addAlarm({
    section: 'notification-dead-letters',
    description:
      'Mail requests failed three attempts. The retry job returns them to the queue until their ' +
      'notification is 3 days old; until then members receive no mail.',
    metric: deadLetters(requests),
    threshold: 0,
    ...emptyQueue,
  });
  group.addAlarm({
    section: 'old-notifications',
    description:
      'Mail requests have waited for more than 30 minutes. ' +
      'Members receive notifications late, and SQS deletes requests after 4 days.',
    metric: oldestRequest(config.stage, requests),
    threshold: 1_800,
    evaluationPeriods: 2,
    ...emptyQueue,
  });
  group.addAlarm({
    section: 'sender-crashing',
    description:
      'The sender crashes or runs into its timeout. Mails are sent late, and some perhaps never.',
    metric: sender.lambda.metricErrors({ period: QUARTER_HOUR }),
    threshold: 2,
    ...healthyWithoutData('there was nothing to mail.'),
  });
  group.addAlarm({
    section: 'mails-failing',
    description:
      'Resend permanently rejected several mails within an hour. ' +
      'Those members receive no mail, and no retry can change that.',
    metric: serviceMetric(config.stage, 'mails', 'Mails', { outcome: 'failed' }).with({
      period: HOUR,
    }),
    threshold: 4,
    ...healthyWithoutData('no mail failed.'),
    paging: false,
  });
  addSuppressionAlarms(group, config.stage);
  group.addPage();
  return group;
}

/** Adds the alarms on mails to our own addresses, and on lists that differ day after day. */
function addSuppressionAlarms(group: AlarmGroup, stage: string): void {
  group.addAlarm({
    section: 'operational-mails-suppressed',
    description:
      'A mail to support, the reliability partner or the compliance advisor was not sent, ' +
      'because the address is suppressed. Escalations and reports may reach nobody.',
    metric: serviceMetric(stage, 'operational-mails', 'OperationalMailsSuppressed', {}).with({
      period: FIVE_MINUTES,
    }),
    threshold: 0,
    ...healthyWithoutData('no such mail was due, or all were sent.'),
  });
  group.addAlarm({
    section: 'suppression-differences',
    description:
      'The suppression lists of the portal and of Resend differed on two days in a row. Events ' +
      'about the list do not arrive: members may receive no mail, or mails are not tried.',
    metric: serviceMetric(stage, 'jobs', 'SuppressionDifferences', {
      job: 'compare-suppressions',
    }).with({ period: Duration.days(1) }),
    threshold: 0,
    evaluationPeriods: 2,
    ...healthyWithoutData(
      'the job compare-suppressions does not run, which has an alarm of its own.',
    ),
    paging: false,
  });
}

import { Duration } from 'aws-cdk-lib';
import { type Alarm, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { MaskedLogGroup } from '../masked-log-group.ts';
import { AlarmGroup } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { jobAlarms } from './job-alarms.ts';
import { deadLetters, providerAlarms } from './provider-alarms.ts';
import { ownMetric, total } from './service-metric.ts';

const FIVE_MINUTES = Duration.minutes(5);
const emptyQueue = { fine: 'the queue is empty, SQS reports only what it holds.' };

/** What wakes people. Each part of the system pages once, however much of it breaks; docs/runbook.md says what to do. */
export class Alarms extends Construct {
  /** In the order in which a webhook travels. */
  readonly groups: readonly AlarmGroup[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.groups = [
      ...[...props.pipelines].map(([provider, pipeline]) =>
        providerAlarms(this, provider, pipeline, props),
      ),
      this.#outbox(props),
      this.#notifications(props),
      jobAlarms(this, props.jobs, props),
      this.#onCall(props),
      this.#privacy(props),
    ];
  }

  get all(): readonly Alarm[] {
    return this.groups.flatMap(({ alarms }) => alarms);
  }

  #outbox({ config, onCall }: AlarmsProps): AlarmGroup {
    const group = new AlarmGroup(this, 'Outbox', { name: 'outbox', config, topic: onCall.topic });
    group.watch({
      section: 'outbox-backlog',
      costs:
        'Domain events wait for more than 5 minutes to be published: no mail goes out, and nobody on call is told of events.',
      metric: ownMetric(config.stage, 'backlog', 'OutboxAgeSeconds', {}).with({
        period: FIVE_MINUTES,
      }),
      // Who makes an entry publishes it at once; what it leaves, the relay publishes within some 70 s.
      most: 300,
      of: 3,
      breaching: 2,
      noData: { fine: 'report-backlog does not run, which has an alarm of its own.' },
    });
    group.page();
    return group;
  }

  #notifications({ config, onCall, notifications: { requests, sender } }: AlarmsProps): AlarmGroup {
    const group = new AlarmGroup(this, 'Notifications', {
      name: 'notifications',
      config,
      topic: onCall.topic,
    });
    group.watch({
      section: 'notification-dead-letters',
      costs:
        'Notifications failed every attempt: members are not told, and nothing will try to mail them again.',
      metric: deadLetters(requests),
      most: 0,
      noData: emptyQueue,
    });
    group.watch({
      section: 'old-notifications',
      costs:
        'Notifications wait for more than 30 minutes: members are told late, and after 4 days not at all.',
      metric: requests.queue.metricApproximateAgeOfOldestMessage({ period: FIVE_MINUTES }),
      // Three receives, each hidden for six minutes, are 18.
      most: 1_800,
      of: 2,
      noData: emptyQueue,
    });
    group.watch({
      section: 'sender-crashing',
      costs:
        'The sender ends without an answer, by a crash or by its timeout: mails go out late, and perhaps not at all.',
      metric: sender.lambda.metricErrors({ period: Duration.minutes(15) }),
      most: 2,
      noData: { fine: 'there is nothing to mail.' },
    });
    group.watch({
      section: 'mails-failing',
      costs:
        'Resend refused several mails for good within an hour: those members are not told, whatever is done now.',
      metric: ownMetric(config.stage, 'mails', 'Mails', { outcome: 'failed' }).with({
        period: Duration.hours(1),
      }),
      most: 4,
      noData: { fine: 'no mail failed.' },
      notice: true,
    });
    group.page();
    return group;
  }

  /** It is masked already, so nobody is woken. */
  #privacy({ config, onCall, logs }: AlarmsProps): AlarmGroup {
    const group = new AlarmGroup(this, 'Privacy', { name: 'privacy', config, topic: onCall.topic });
    for (const [index, some] of chunks(logs, METRICS_OF_AN_ALARM).entries())
      group.watch({
        section: 'private-data-in-logs',
        subject: `logs-${index + 1}`,
        costs:
          'A log holds what our redaction should have taken out: it is masked, and whoever may unmask it can read it until the log forgets.',
        metric: total('Lines with private data', FIVE_MINUTES, ...some.map(findings)),
        most: 0,
        noData: { fine: 'nothing private was found.' },
        notice: true,
      });
    return group;
  }

  #onCall({ config, onCall }: AlarmsProps): AlarmGroup {
    const group = new AlarmGroup(this, 'OnCall', { name: 'on-call', config, topic: onCall.topic });
    group.watch({
      section: 'on-call-undelivered',
      costs:
        'The on-call topic could not reach one of those who are to be woken: the next page may reach nobody.',
      metric: onCall.topic.metricNumberOfNotificationsFailed({ period: FIVE_MINUTES }),
      most: 0,
      noData: { fine: 'there was nothing to tell.' },
    });
    group.watch({
      section: 'on-call-dead-letters',
      costs:
        'A message to those on call never reached the topic, or one of its subscribers: somebody has not been told of it.',
      metric: onCall.undelivered.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES }),
      most: 0,
      noData: emptyQueue,
    });
    group.page();
    return group;
  }
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
const METRICS_OF_AN_ALARM = 10;

const chunks = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

const findings = ({ logGroupName }: MaskedLogGroup) =>
  new Metric({
    namespace: 'AWS/Logs',
    metricName: 'LogEventsWithFindings',
    dimensionsMap: { LogGroupName: logGroupName, DataProtectionOperation: 'Audit' },
    statistic: Stats.SUM,
  });

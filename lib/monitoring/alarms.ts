import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { AlarmGroup } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { auditAlarms } from './audit-alarms.ts';
import { jobAlarms } from './job-alarms.ts';
import { emptyQueue, healthyWithoutData, reportBacklogNotRunning } from './missing-data.ts';
import { notificationAlarms } from './notification-alarms.ts';
import { privacyAlarms } from './privacy-alarms.ts';
import { providerAlarms } from './provider-alarms.ts';
import { serviceMetric } from './service-metric.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** Creates all alarms. Each group pages once; docs/runbook.md has a section for each alarm. */
export class Alarms extends Construct {
  /** Groups in pipeline order: providers, outbox, notifications, then what all parts share. */
  readonly groups: readonly AlarmGroup[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const ofProviders = [...props.pipelines].map(([provider, pipeline]) =>
      providerAlarms(this, provider, pipeline, props),
    );
    this.groups = [
      ...ofProviders,
      outboxAlarms(this, props),
      notificationAlarms(this, props),
      jobAlarms(this, props.jobs, props),
      onCallAlarms(this, props),
      assetAlarms(this, props),
      secretAlarms(this, props),
      privacyAlarms(this, props),
      auditAlarms(this, props),
    ];
  }

  get all(): readonly Alarm[] {
    return this.groups.flatMap(({ alarms }) => alarms);
  }
}

function outboxAlarms(scope: Construct, { config, onCall }: AlarmsProps): AlarmGroup {
  const group = new AlarmGroup(scope, 'Outbox', { name: 'outbox', config, topic: onCall.topic });
  group.addAlarm({
    section: 'outbox-backlog',
    description:
      'Domain events have waited for more than 5 minutes to be published. ' +
      'Meanwhile no mails are sent and no alerts about events reach the on-call topic.',
    metric: serviceMetric(config.stage, 'backlog', 'OutboxAgeSeconds', {}).with({
      period: FIVE_MINUTES,
    }),
    // The writer of an entry publishes it at once; the relay publishes the rest within some 70 s.
    threshold: 300,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    ...reportBacklogNotRunning,
  });
  group.addAlarm({
    section: 'outbox-set-aside',
    description:
      'EventBridge rejected a domain event several times, and the relay no longer tries it. ' +
      'Its consumers, such as the mail sender, do not receive it until an operator acts.',
    metric: serviceMetric(config.stage, 'backlog', 'OutboxSetAside', {}, 'Maximum').with({
      period: FIVE_MINUTES,
    }),
    threshold: 0,
    ...reportBacklogNotRunning,
  });
  group.addPage();
  return group;
}

function onCallAlarms(scope: Construct, { config, onCall }: AlarmsProps): AlarmGroup {
  const group = new AlarmGroup(scope, 'OnCall', { name: 'on-call', config, topic: onCall.topic });
  group.addAlarm({
    section: 'on-call-undelivered',
    description:
      'The on-call topic could not reach one of its subscribers. ' +
      'The next page may reach nobody.',
    metric: onCall.topic.metricNumberOfNotificationsFailed({ period: FIVE_MINUTES }),
    threshold: 0,
    ...healthyWithoutData('the topic had no message to deliver.'),
  });
  group.addAlarm({
    section: 'on-call-dead-letters',
    description:
      'A message for the people on call did not reach the topic or one of its subscribers. ' +
      'At least one person has not received it.',
    metric: onCall.undelivered.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES }),
    threshold: 0,
    ...emptyQueue,
  });
  group.addPage();
  return group;
}

/** The alarm does not page: the video is safe at Mux, and the portal shows it as ready. */
function assetAlarms(scope: Construct, { config, onCall }: AlarmsProps): AlarmGroup {
  const group = new AlarmGroup(scope, 'Assets', { name: 'assets', config, topic: onCall.topic });
  group.addAlarm({
    section: 'ready-without-playback',
    description:
      'A video is ready at Mux and has no playback id that the portal can use. ' +
      'Its owner has received no mail, and nobody can watch the video.',
    metric: serviceMetric(config.stage, 'assets', 'ReadyWithoutPlayback', {}).with({
      period: FIVE_MINUTES,
    }),
    threshold: 0,
    ...healthyWithoutData('every video that became ready can be played.'),
    paging: false,
  });
  return group;
}

/** The alarm does not page, because functions that run keep the values that they have read. */
function secretAlarms(scope: Construct, { config, onCall }: AlarmsProps): AlarmGroup {
  const group = new AlarmGroup(scope, 'Secrets', { name: 'secrets', config, topic: onCall.topic });
  group.addAlarm({
    section: 'secret-reads-failing',
    description:
      'Functions cannot read a secret. Those that read it before keep using that value; ' +
      'functions that start now fail, and a rotated secret is not noticed.',
    metric: serviceMetric(config.stage, 'secret-reads', 'SecretReadsFailed', {}).with({
      period: FIVE_MINUTES,
    }),
    threshold: 0,
    // A function repeats a failed read after 30 s, so a short fault ends within one period.
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    ...healthyWithoutData('every read of a secret succeeded.'),
    paging: false,
  });
  return group;
}

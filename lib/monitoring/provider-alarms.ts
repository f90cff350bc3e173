import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Provider } from '../../lambdas/catalog/providers.ts';
import { secretAgeLimits } from '../../lambdas/catalog/secret-limits.ts';
import type { ExpectedTraffic } from '../../lambdas/providers/provider-descriptor.ts';
import { registry } from '../../lambdas/providers/registry.ts';
import { pascalCase } from '../names.ts';
import type { RedrivableQueue } from '../redrivable-queue.ts';
import type { WebhookPipeline } from '../webhook-pipeline.ts';
import { AlarmGroup } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { addIngestAlarms } from './ingest-alarms.ts';
import {
  emptyQueue,
  healthyWithoutData,
  noTraffic,
  reportBacklogNotRunning,
} from './missing-data.ts';
import { addRecoveryAlarms } from './recovery-alarms.ts';
import { serviceMetric, total } from './service-metric.ts';

const FIVE_MINUTES = Duration.minutes(5);
const TEN_MINUTES = Duration.minutes(10);
const QUARTER_HOUR = Duration.minutes(15);

/** The owner set these two limits: webhooks-and-events, section Monitoring. */
const FAILURE_PERCENT = 2;
const MAX_DEAD_LETTERS = 10;

/** Creates the alarms of one provider, in pipeline order. */
export function providerAlarms(
  scope: Construct,
  provider: Provider,
  pipeline: WebhookPipeline,
  props: AlarmsProps,
): AlarmGroup {
  const { config, onCall } = props;
  const group = new AlarmGroup(scope, pascalCase(provider), {
    name: provider,
    config,
    topic: onCall.topic,
  });
  addIngestAlarms(group, provider, pipeline, props);
  addProcessingAlarms(group, provider, pipeline, props);
  addMissingTrafficAlarm(group, provider, props);
  addSecretAgeAlarm(group, provider, props);
  addRecoveryAlarms(group, provider, config);
  group.addPage();
  return group;
}

/** Adds the alarms on events that fail, wait too long, or end without effect. */
function addProcessingAlarms(
  group: AlarmGroup,
  provider: Provider,
  pipeline: WebhookPipeline,
  { config }: AlarmsProps,
): void {
  const { queue } = pipeline.deliveries;
  group.addAlarm({
    section: 'failure-rate',
    description:
      `More than ${FAILURE_PERCENT} % of the attempts at events of ${provider} failed within ` +
      '10 minutes. Videos and mails in the portal are not up to date.',
    metric: failureRate(provider, pipeline, config.stage, config.alarms.failureRateMinimumVolume),
    threshold: FAILURE_PERCENT,
    ...noTraffic,
  });
  group.addAlarm({
    section: 'old-messages',
    description:
      `Events of ${provider} have waited for more than 10 minutes. ` +
      'Members see outdated states, and SQS deletes events after 4 days.',
    metric: oldestEvent(provider, queue, config.stage),
    // Three receives with their delays take under three minutes.
    threshold: 600,
    evaluationPeriods: 2,
    ...emptyQueue,
  });
  addDatabaseAlarm(group, provider, config.stage);
  group.addAlarm({
    section: 'dead-letters',
    description:
      `More than ${MAX_DEAD_LETTERS} events of ${provider} have failed three times. ` +
      'The retry job redrives each of them five times; after that an operator has to.',
    metric: deadLetters(pipeline.deliveries),
    threshold: MAX_DEAD_LETTERS,
    ...emptyQueue,
  });
  group.addAlarm({
    section: 'exhausted-events',
    description:
      `At least one event of ${provider} is exhausted: no retry is left. ` +
      'Its effects are missing in the portal until an operator replays it.',
    metric: serviceMetric(config.stage, 'events', 'Exhausted', { provider }).with({
      period: FIVE_MINUTES,
    }),
    threshold: 0,
    ...noTraffic,
  });
}

function addDatabaseAlarm(group: AlarmGroup, provider: Provider, stage: string): void {
  group.addAlarm({
    section: 'database-unavailable',
    description:
      `Postgres has been unavailable to the processor of ${provider} for three minutes. ` +
      'Its events wait in the queue, and the portal does not change.',
    metric: serviceMetric(stage, 'events', 'Postponed', { provider }).with({
      period: Duration.minutes(1),
    }),
    threshold: 0,
    // A failover takes under two minutes. A postponed event returns within 40 s.
    evaluationPeriods: 3,
    ...noTraffic,
  });
}

const missingTrafficTexts: Readonly<Record<Exclude<ExpectedTraffic, 'none'>, string>> = {
  uploads: 'recent uploads should have caused one. Videos stay in processing.',
  mails: 'recent mails should have caused one. Mails stay without a delivery status.',
};

/** Adds the alarm on expected events that are missing, unless the provider sends at any time. */
function addMissingTrafficAlarm(
  group: AlarmGroup,
  provider: Provider,
  { config }: AlarmsProps,
): void {
  const { expectedTraffic } = registry[provider];
  if (expectedTraffic === 'none') return;
  group.addAlarm({
    section: 'missing-traffic',
    description: `No event of ${provider} arrived although ${missingTrafficTexts[expectedTraffic]}`,
    metric: missingTraffic(config.stage, provider),
    threshold: config.alarms.missingTrafficMinutes * 60,
    ...reportBacklogNotRunning,
  });
}

function addSecretAgeAlarm(group: AlarmGroup, provider: Provider, { config }: AlarmsProps): void {
  group.addAlarm({
    section: 'secret-age',
    description:
      `The signing secret of ${provider} is older than ${secretAgeLimits.alarmPastDays} days. ` +
      `If it has leaked, the holder can forge events of ${provider}.`,
    metric: serviceMetric(config.stage, 'secrets', 'SecretAgeSeconds', { provider }).with({
      period: Duration.days(1),
    }),
    threshold: secretAgeLimits.alarmPastDays * 86_400,
    // The job runs daily, a little later each time and an hour later once a year.
    evaluationPeriods: 2,
    datapointsToAlarm: 1,
    ...healthyWithoutData(
      'the job check-secret-ages does not run, or there is no secret and all deliveries fail; ' +
        'each has an alarm of its own.',
    ),
    paging: false,
  });
}

/**
 * Computes the percentage of attempts that failed. A crash counts as one failed attempt, because it
 * emits no metric of this service. A rejected delivery does not count, because anybody can send
 * one.
 */
export function failureRate(
  provider: Provider,
  pipeline: WebhookPipeline,
  stage: string,
  minimumVolume = 0,
): MathExpression {
  const failures = [
    'FILL(failed, 0)',
    'FILL(acceptFailed, 0)',
    'FILL(processorCrashes, 0)',
    'FILL(verifierCrashes, 0)',
  ].join(' + ');
  const volume = `(FILL(succeeded, 0) + ${failures})`;
  const minimum = Math.max(1, minimumVolume);
  return new MathExpression({
    label: `Failed attempts of ${provider}, %`,
    expression: `IF(${volume} >= ${minimum}, 100 * (${failures}) / ${volume}, 0)`,
    usingMetrics: {
      succeeded: serviceMetric(stage, 'events', 'Succeeded', { provider }),
      failed: serviceMetric(stage, 'events', 'Failed', { provider }),
      acceptFailed: serviceMetric(stage, 'deliveries', 'AcceptFailed', { provider }),
      processorCrashes: pipeline.processor.lambda.metricErrors(),
      verifierCrashes: pipeline.verifier.lambda.metricErrors(),
    },
    period: TEN_MINUTES,
  });
}

/**
 * Returns the age of the oldest event in seconds. SQS knows only the age of a message, and a copy
 * of a postponed event is a new message.
 */
export function oldestEvent(provider: Provider, queue: IQueue, stage: string): MathExpression {
  return new MathExpression({
    label: `Oldest event of ${provider}, s`,
    expression:
      'IF(FILL(postponed, 0) / 1000 > FILL(message, 0), ' +
      'FILL(postponed, 0) / 1000, FILL(message, 0))',
    usingMetrics: {
      message: queue.metricApproximateAgeOfOldestMessage(),
      postponed: serviceMetric(stage, 'events', 'PostponedAgeMs', { provider }),
    },
    period: FIVE_MINUTES,
  });
}

/** Counts all dead letters, those that the retry job has received at the moment included. */
export function deadLetters({ deadLetters: queue }: RedrivableQueue): MathExpression {
  return total(
    'Dead letters',
    FIVE_MINUTES,
    queue.metricApproximateNumberOfMessagesVisible(),
    queue.metricApproximateNumberOfMessagesNotVisible(),
  );
}

/** Returns 0 when a delivery was accepted in the period, even if its event failed later. */
export function missingTraffic(stage: string, provider: Provider): MathExpression {
  return new MathExpression({
    label: `Missing traffic of ${provider}, s`,
    expression: 'IF(FILL(accepted, 0) > 0, 0, missing)',
    usingMetrics: {
      accepted: serviceMetric(stage, 'deliveries', 'Accepted', { provider }),
      missing: serviceMetric(stage, 'missing-traffic', 'MissingTrafficSeconds', { provider }),
    },
    period: QUARTER_HOUR,
  });
}

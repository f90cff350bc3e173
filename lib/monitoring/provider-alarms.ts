import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Provider } from '../../lambdas/catalog/providers.ts';
import { secretAgeLimits } from '../../lambdas/catalog/secret-limits.ts';
import { pascalCase } from '../names.ts';
import type { RedrivableQueue } from '../redrivable-queue.ts';
import type { WebhookPipeline } from '../webhook-pipeline.ts';
import { AlarmGroup } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { noTraffic, watchDoor } from './ingest-alarms.ts';
import { ownMetric, total } from './service-metric.ts';

const FIVE_MINUTES = Duration.minutes(5);
const TEN_MINUTES = Duration.minutes(10);
const QUARTER_HOUR = Duration.minutes(15);

const emptyQueue = { fine: 'the queue is empty, SQS reports only what it holds.' };

/** The owner's two numbers: webhooks-and-events, Monitoring. */
const FAILURE_PERCENT = 2;
const MOST_DEAD_LETTERS = 10;

/** How far one provider's webhooks are from well, in the order in which a webhook travels. */
export function providerAlarms(
  scope: Construct,
  provider: Provider,
  pipeline: WebhookPipeline,
  props: AlarmsProps,
) {
  const { config, onCall } = props;
  const group = new AlarmGroup(scope, pascalCase(provider), {
    name: provider,
    config,
    topic: onCall.topic,
  });
  watchDoor(group, provider, pipeline, props);
  watchProcessing(group, provider, pipeline, props);
  group.watch({
    section: 'silence',
    costs: `No event of ${provider} came although uploads or mails of ours should have brought some: films stay in processing, or mails without an outcome.`,
    metric: silence(config.stage, provider),
    most: config.alarms.silenceMinutes * 60,
    noData: { fine: 'report-backlog does not run, which has an alarm of its own.' },
  });
  group.watch({
    section: 'secret-age',
    costs: `The signing secret of ${provider} has been in use for more than ${secretAgeLimits.alarmPastDays} days: whoever has come by it since can write events of ${provider}.`,
    metric: ownMetric(config.stage, 'secrets', 'SecretAgeSeconds', { provider }).with({
      period: Duration.days(1),
    }),
    most: secretAgeLimits.alarmPastDays * 86_400,
    // The job runs daily, a little later each time and an hour later once a year.
    of: 2,
    breaching: 1,
    noData: {
      fine: 'check-secret-ages does not run, or there is no secret, so that all deliveries fail; each has an alarm of its own.',
    },
    notice: true,
  });
  group.page();
  return group;
}

function watchProcessing(
  group: AlarmGroup,
  provider: Provider,
  pipeline: WebhookPipeline,
  { config }: AlarmsProps,
) {
  group.watch({
    section: 'failure-rate',
    costs: `More than ${FAILURE_PERCENT} % of the attempts at events of ${provider} failed within 10 minutes: films and mails of members are not up to date.`,
    metric: failureRate(provider, pipeline, config.stage, config.alarms.failureRateMinimumVolume),
    most: FAILURE_PERCENT,
    noData: noTraffic,
  });
  group.watch({
    section: 'old-messages',
    costs: `Events of ${provider} wait for more than 10 minutes: members see old states, and after 4 days events are lost.`,
    metric: pipeline.deliveries.queue.metricApproximateAgeOfOldestMessage({ period: FIVE_MINUTES }),
    // Three receives with their pauses take under three minutes.
    most: 600,
    of: 2,
    noData: emptyQueue,
  });
  group.watch({
    section: 'dead-letters',
    costs: `More than ${MOST_DEAD_LETTERS} events of ${provider} have failed three times: the retry job sends them back five times, then people have to.`,
    metric: deadLetters(pipeline.deliveries),
    most: MOST_DEAD_LETTERS,
    noData: emptyQueue,
  });
  group.watch({
    section: 'exhausted-events',
    costs: `Nothing will try at least one event of ${provider} again: what it says is missing until somebody replays it.`,
    metric: ownMetric(config.stage, 'events', 'Exhausted', { provider }).with({
      period: FIVE_MINUTES,
    }),
    most: 0,
    noData: noTraffic,
  });
}

/**
 * Of all attempts, those that failed. A crash counts as one, as it leaves no count of ours; a rejected delivery counts
 * neither way, as anybody can send one.
 */
export function failureRate(
  provider: Provider,
  pipeline: WebhookPipeline,
  stage: string,
  minimumVolume = 0,
) {
  const period = TEN_MINUTES;
  const failed = 'FILL(failed, 0) + FILL(unaccepted, 0) + FILL(crashes, 0) + FILL(doorCrashes, 0)';
  const volume = `(FILL(ok, 0) + ${failed})`;
  return new MathExpression({
    label: `Failed attempts of ${provider}, %`,
    expression: `IF(${volume} >= ${Math.max(1, minimumVolume)}, 100 * (${failed}) / ${volume}, 0)`,
    usingMetrics: {
      ok: ownMetric(stage, 'events', 'Succeeded', { provider }),
      failed: ownMetric(stage, 'events', 'Failed', { provider }),
      unaccepted: ownMetric(stage, 'deliveries', 'AcceptFailed', { provider }),
      crashes: pipeline.processor.lambda.metricErrors(),
      doorCrashes: pipeline.verifier.lambda.metricErrors(),
    },
    period,
  });
}

/** Also those that the retry job holds at this moment. */
export function deadLetters({ deadLetters: queue }: RedrivableQueue) {
  return total(
    'Dead letters',
    FIVE_MINUTES,
    queue.metricApproximateNumberOfMessagesVisible(),
    queue.metricApproximateNumberOfMessagesNotVisible(),
  );
}

/** A delivery that was accepted just now ends the silence, whatever becomes of its event. */
export function silence(stage: string, provider: Provider) {
  return new MathExpression({
    label: `Silence of ${provider}, s`,
    expression: 'IF(FILL(accepted, 0) > 0, 0, silence)',
    usingMetrics: {
      accepted: ownMetric(stage, 'deliveries', 'Accepted', { provider }),
      silence: ownMetric(stage, 'missing-traffic', 'MissingTrafficSeconds', { provider }),
    },
    period: QUARTER_HOUR,
  });
}

import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type Provider, webhookPath } from '../../lambdas/catalog/providers.ts';
import { registry } from '../../lambdas/providers/registry.ts';
import type { WebhookPipeline } from '../webhook-pipeline.ts';
import type { AlarmGroup } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { noTraffic } from './missing-data.ts';
import { serviceMetric, total } from './service-metric.ts';

const ONE_MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const QUARTER_HOUR = Duration.minutes(15);

/**
 * Adds the alarms of one ingest endpoint, from the request to the response that the provider waits
 * for.
 */
export function addIngestAlarms(
  group: AlarmGroup,
  provider: Provider,
  pipeline: WebhookPipeline,
  props: AlarmsProps,
): void {
  const { api } = props;
  const { verifier } = pipeline;
  const { displayName, retriesFor } = registry[provider];
  const path = webhookPath(provider);
  const verifierFailing = group.addAlarm({
    section: 'verifier-failing',
    description:
      `Deliveries of ${provider} are answered 5xx or throttled. ` +
      `${displayName} retries for ${retriesFor}; after that the events are lost.`,
    metric: total(
      '5xx and throttles',
      QUARTER_HOUR,
      api.routeMetric(path, '5xx'),
      verifier.lambda.metricThrottles({ period: QUARTER_HOUR }),
    ),
    // The provider's own retry covers one or two failures.
    threshold: 2,
    ...noTraffic,
  });
  addCanaryAlarm(group, provider, pipeline, props)?.rollBackOn(verifierFailing);
  group.addAlarm({
    section: 'slow-acknowledgement',
    description:
      `One in a hundred deliveries of ${provider} waits more than 3 s for the response. ` +
      'After 5 s a provider may close the connection and send the delivery again.',
    metric: api.routeMetric(path, 'Latency', Stats.percentile(99)).with({ period: FIVE_MINUTES }),
    threshold: 3_000,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    ...noTraffic,
    paging: false,
  });
  addRejectionAlarms(group, provider, props);
}

/** Adds the alarm that rolls a deploy back, in a stage that deploys its verifiers by a canary. */
function addCanaryAlarm(
  group: AlarmGroup,
  provider: Provider,
  { canary }: WebhookPipeline,
  { config }: AlarmsProps,
) {
  const acceptFailures = serviceMetric(config.stage, 'deliveries', 'AcceptFailed', { provider });
  canary?.rollBackOn(
    group.addAlarm({
      section: 'new-version-failing',
      description:
        `The newest version of the ${provider} verifier crashed, or a delivery failed in a ` +
        'minute in which that version received some. A deploy in progress is rolled back.',
      metric: canary.failuresOfNewVersion(acceptFailures, ONE_MINUTE),
      // A tenth of the deliveries of five minutes may be a handful.
      threshold: 0,
      // Metrics may arrive minutes late; each minute is evaluated three times.
      evaluationPeriods: 3,
      datapointsToAlarm: 1,
      ...noTraffic,
      paging: false,
    }),
  );
  return canary;
}

/** Adds the alarms on requests that are answered 4xx: throttled or rejected. */
function addRejectionAlarms(
  group: AlarmGroup,
  provider: Provider,
  { api, config }: AlarmsProps,
): void {
  const path = webhookPath(provider);
  group.addAlarm({
    section: 'api-throttling',
    description:
      `API Gateway answers deliveries of ${provider} with 429 before the verifier runs. ` +
      'They arrive late, and after a day of throttling their events are lost.',
    metric: new MathExpression({
      label: '4xx that no verifier returned',
      expression: 'FILL(all, 0) - FILL(rejected, 0)',
      usingMetrics: {
        all: api.routeMetric(path, '4xx'),
        rejected: serviceMetric(config.stage, 'deliveries', 'Rejected', { provider }),
      },
      period: FIVE_MINUTES,
    }),
    // API Gateway and the verifier count the same request, perhaps in two different periods.
    threshold: 20,
    evaluationPeriods: 3,
    ...noTraffic,
    paging: false,
  });
  group.addAlarm({
    section: 'rejected-deliveries',
    description:
      `Far more deliveries to the ${provider} endpoint than usual are rejected. Either somebody ` +
      'sends forged requests, or the signing secrets differ and genuine events are rejected.',
    metric: serviceMetric(config.stage, 'deliveries', 'Rejected', { provider }).with({
      period: QUARTER_HOUR,
    }),
    threshold: config.alarms.rejectedInQuarterHour,
    ...noTraffic,
    paging: false,
  });
}

import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type Provider, webhookPath } from '../../lambdas/catalog/providers.ts';
import type { WebhookPipeline } from '../webhook-pipeline.ts';
import type { AlarmGroup } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { ownMetric, total } from './service-metric.ts';

const ONE_MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
const QUARTER_HOUR = Duration.minutes(15);

export const noTraffic = { fine: 'nothing was delivered, which the silence alarm judges.' };

/** Up to the 200 that a provider waits for. */
export function watchDoor(
  group: AlarmGroup,
  provider: Provider,
  pipeline: WebhookPipeline,
  props: AlarmsProps,
): void {
  const { api } = props;
  const { verifier } = pipeline;
  const path = webhookPath(provider);
  const failing = group.watch({
    section: 'verifier-failing',
    costs: `${provider} is answered 5xx or throttled: it sends again for a day or so, and then events are lost.`,
    metric: total(
      '5xx and throttles',
      QUARTER_HOUR,
      api.routeMetric(path, '5xx'),
      verifier.lambda.metricThrottles({ period: QUARTER_HOUR }),
    ),
    // One or two are what the provider's own retry is for.
    most: 2,
    noData: noTraffic,
  });
  watchCanary(group, provider, pipeline, props)?.rollsBackOn(failing);
  group.watch({
    section: 'slow-acknowledgement',
    costs: `${provider} waits for its answer for more than 3 s; after 5 s Mux hangs up and sends everything again.`,
    metric: api.routeMetric(path, 'Latency', Stats.percentile(99)).with({ period: FIVE_MINUTES }),
    most: 3_000,
    of: 3,
    breaching: 2,
    noData: noTraffic,
    notice: true,
  });
  watchRefusals(group, provider, props);
}

/** Of a stage that has one. */
function watchCanary(
  group: AlarmGroup,
  provider: Provider,
  { canary }: WebhookPipeline,
  { config }: AlarmsProps,
) {
  const unaccepted = ownMetric(config.stage, 'deliveries', 'AcceptFailed', { provider });
  canary?.rollsBackOn(
    group.watch({
      section: 'new-version-failing',
      costs: `The newest version of the verifier crashed, or a delivery of ${provider} failed while it took some: a deploy that is under way is undone, and otherwise the provider sends again.`,
      metric: canary.failuresOfNewVersion(unaccepted, ONE_MINUTE),
      // A tenth of the deliveries of five minutes may be a handful.
      most: 0,
      noData: noTraffic,
      notice: true,
    }),
  );
  return canary;
}

/** What is turned away at the door, for good reasons or not. */
function watchRefusals(group: AlarmGroup, provider: Provider, { api, config }: AlarmsProps): void {
  const path = webhookPath(provider);
  group.watch({
    section: 'api-throttling',
    costs: `API Gateway turns deliveries of ${provider} away with 429: they come late, or after a day of that not at all.`,
    metric: new MathExpression({
      label: '4xx that no verifier answered',
      expression: 'FILL(all, 0) - FILL(rejected, 0)',
      usingMetrics: {
        all: api.routeMetric(path, '4xx'),
        rejected: ownMetric(config.stage, 'deliveries', 'Rejected', { provider }),
      },
      period: FIVE_MINUTES,
    }),
    // Two services count the same request, perhaps in two periods.
    most: 20,
    of: 3,
    noData: noTraffic,
    notice: true,
  });
  group.watch({
    section: 'rejected-deliveries',
    costs: `Far more deliveries than usual are not genuine: somebody forges, or the signing secret at ${provider} is another one and its events are being refused.`,
    metric: ownMetric(config.stage, 'deliveries', 'Rejected', { provider }).with({
      period: QUARTER_HOUR,
    }),
    most: config.alarms.rejectedInQuarterHour,
    noData: noTraffic,
    notice: true,
  });
}

import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { metricFamilies } from '../../lambdas/catalog/metrics.ts';
import { type Provider, webhookPath } from '../../lambdas/catalog/providers.ts';
import { reconciliationKeys, registry, webhooksKeys } from '../../lambdas/providers/registry.ts';
import type { RedrivableQueue } from '../redrivable-queue.ts';
import type { WebhookPipeline } from '../webhook-pipeline.ts';
import type { Alarms } from './alarms.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { deadLetters, failureRate, missingTraffic } from './provider-alarms.ts';
import { saveRunbookQueries } from './runbook-queries.ts';
import { serviceMetric } from './service-metric.ts';

export interface DashboardProps extends AlarmsProps {
  readonly alarms: Alarms;
  /** Widgets to show between the alarms and the pipelines. */
  readonly widgets?: readonly IWidget[];
}

const WIDTH = 24;
const percentiles = [50, 95, 99].map((percent) => Stats.percentile(percent));
const mailOutcomes = [
  'sent',
  'sent-unconfirmed',
  'suppressed',
  'failed',
  'deferred',
  'rate-limited',
  'database-unavailable',
  'unreadable',
];

/** Shows the alarms, then each pipeline from left to right in processing order, then the jobs. */
export class Dashboard extends Construct {
  readonly #stage: string;

  constructor(scope: Construct, id: string, { alarms, widgets = [], ...props }: DashboardProps) {
    super(scope, id);
    this.#stage = props.config.stage;
    saveRunbookQueries(this, props.config, props.logs);
    const runbook = `[Runbook: what to do about each alarm](${props.config.runbookUrl})`;
    const rows: IWidget[][] = [
      [text(`# Webhooks of ${this.#stage}\n${runbook}`)],
      [
        new AlarmStatusWidget({
          title: 'Alarms',
          alarms: [...alarms.all],
          width: WIDTH,
          height: 6,
        }),
      ],
      ...widgets.map((widget) => [widget]),
      ...[...props.pipelines].flatMap(([provider, pipeline]) =>
        this.#pipeline(provider, pipeline, props),
      ),
      ...this.#recovery(),
      ...this.#notifications(props),
      ...this.#jobs([...props.jobs.keys()]),
    ];
    const name = `motion-mavericks-${this.#stage}-webhooks`;
    new CloudWatchDashboard(this, 'Page', {
      dashboardName: name,
      defaultInterval: Duration.hours(12),
      widgets: rows,
    });
  }

  #pipeline(provider: Provider, pipeline: WebhookPipeline, { api }: AlarmsProps): IWidget[][] {
    const stage = this.#stage;
    const path = webhookPath(provider);
    const deliveries = (name: 'Accepted' | 'Rejected' | 'AcceptFailed') =>
      serviceMetric(stage, 'deliveries', name, { provider });
    const events = (name: keyof typeof metricFamilies.events.always) =>
      serviceMetric(stage, 'events', name, { provider });
    const latency = (name: keyof typeof metricFamilies.events.optional) =>
      percentiles.map((statistic) => serviceMetric(stage, 'events', name, { provider }, statistic));
    const redriven = serviceMetric(stage, 'redrives', 'Redriven', { provider });
    return [
      [text(`## ${provider}`)],
      [
        graph('Deliveries', [
          deliveries('Accepted'),
          deliveries('Rejected'),
          deliveries('AcceptFailed'),
        ]),
        graph(
          'Acknowledgement, ms (the provider waits 5 s)',
          percentiles.map((statistic) => api.routeMetric(path, 'Latency', statistic)),
        ),
        queueGraph('Waiting and dead letters', pipeline.deliveries),
        graph('Success, %', [successRate(provider, pipeline, stage)]),
      ],
      [
        graph('Events', [
          events('Processed'),
          events('Ignored'),
          events('Stale'),
          events('Duplicate'),
        ]),
        graph('Retries', [events('Retried'), redriven, events('Exhausted')]),
        graph('From acceptance to effect, ms', latency('AcceptToEffectMs')),
        secretAndTraffic(provider, stage),
      ],
    ];
  }

  /** Shows what was never delivered, of each provider whose records are compared. */
  #recovery(): IWidget[][] {
    const ofProviders = [...reconciliationKeys().keys()].map((provider) =>
      serviceMetric(this.#stage, 'reconciliation', 'MissedEventsRecovered', { provider }).with({
        label: provider,
      }),
    );
    const faults = [...webhooksKeys().keys()].map((provider) =>
      serviceMetric(this.#stage, 'endpoints', 'EndpointFaults', { provider }).with({
        label: provider,
      }),
    );
    const third = { width: WIDTH / 3 };
    const runs = (['RecordsCompared', 'ProviderRequests', 'RecoveriesFailed'] as const).map(
      (name) => serviceMetric(this.#stage, 'jobs', name, { job: 'reconcile' }),
    );
    return [
      [text('## Agreement with the providers')],
      [
        graph('Missed events recovered', ofProviders, third),
        graph('Runs of the job reconcile', runs, third),
        graph('Faults of webhooks at the providers', faults, third),
      ],
    ];
  }

  #notifications({ notifications: { requests } }: AlarmsProps): IWidget[][] {
    const stage = this.#stage;
    return [
      [text('## Notifications')],
      [
        graph('Outbox', [
          serviceMetric(stage, 'outbox', 'EventsPublished', {}),
          serviceMetric(stage, 'outbox', 'EventsNotPublished', {}),
          serviceMetric(stage, 'backlog', 'OutboxAgeSeconds', {}),
          serviceMetric(stage, 'backlog', 'OutboxSetAside', {}, 'Maximum'),
        ]),
        queueGraph('Waiting and dead letters', requests),
        graph(
          'Mails by outcome',
          mailOutcomes.map((outcome) => serviceMetric(stage, 'mails', 'Mails', { outcome })),
        ),
        graph(
          'Sending, ms',
          percentiles.map((statistic) =>
            serviceMetric(stage, 'mails', 'MailMs', { outcome: 'sent' }, statistic),
          ),
        ),
      ],
    ];
  }

  #jobs(names: readonly string[]): IWidget[][] {
    const stage = this.#stage;
    const third = { width: WIDTH / 3 };
    const perJob = (name: 'JobSucceeded' | 'JobFailed' | 'JobMs') =>
      names.map((job) => serviceMetric(stage, 'jobs', name, { job }).with({ label: job }));
    return [
      [text('## Jobs')],
      [
        graph('Runs that succeeded', perJob('JobSucceeded'), third),
        graph('Runs that failed', perJob('JobFailed'), third),
        graph('Longest run, ms', perJob('JobMs'), third),
      ],
    ];
  }
}

const text = (markdown: string) =>
  new TextWidget({ markdown, width: WIDTH, height: markdown.startsWith('# ') ? 2 : 1 });

const graph = (title: string, left: readonly IMetric[], { width } = { width: WIDTH / 4 }) =>
  new GraphWidget({
    title,
    left: [...left],
    width,
    height: 6,
    leftYAxis: { min: 0, showUnits: false },
  });

function queueGraph(title: string, queues: RedrivableQueue): GraphWidget {
  return new GraphWidget({
    title,
    left: [queues.queue.metricApproximateNumberOfMessagesVisible(), deadLetters(queues)],
    right: [queues.queue.metricApproximateAgeOfOldestMessage()],
    leftYAxis: { min: 0, showUnits: false },
    rightYAxis: { min: 0, label: 'oldest, s', showUnits: false },
    width: WIDTH / 4,
    height: 6,
  });
}

const expectsTraffic = (provider: Provider) => registry[provider].expectedTraffic !== 'none';

/** Plots signature counts on the left axis and seconds without expected traffic on the right. */
function secretAndTraffic(provider: Provider, stage: string): GraphWidget {
  const signed = (name: 'SecretCurrent' | 'SecretPrevious') =>
    serviceMetric(stage, 'deliveries', name, { provider });
  return new GraphWidget({
    title: 'Signing secret, and missing traffic',
    left: [signed('SecretCurrent'), signed('SecretPrevious')],
    right: expectsTraffic(provider) ? [missingTraffic(stage, provider)] : [],
    leftYAxis: { min: 0, showUnits: false },
    rightYAxis: { min: 0, label: 'missing, s', showUnits: false },
    width: WIDTH / 4,
    height: 6,
  });
}

/** Computes the complement of the failure rate that the alarm uses. */
function successRate(provider: Provider, pipeline: WebhookPipeline, stage: string): MathExpression {
  return new MathExpression({
    label: 'Success, %',
    expression: '100 - failures',
    usingMetrics: { failures: failureRate(provider, pipeline, stage) },
    period: Duration.minutes(10),
  });
}

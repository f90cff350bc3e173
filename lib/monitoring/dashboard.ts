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
import type { RedrivableQueue } from '../redrivable-queue.ts';
import type { WebhookPipeline } from '../webhook-pipeline.ts';
import type { Alarms } from './alarms.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { deadLetters, failureRate, silence } from './provider-alarms.ts';
import { ownMetric } from './service-metric.ts';

export interface DashboardProps extends AlarmsProps {
  readonly alarms: Alarms;
  /** Below the alarms: what is open, for whoever can do something about it. */
  readonly widgets?: readonly IWidget[];
}

const WIDTH = 24;
const percentiles = [50, 95, 99].map((percent) => Stats.percentile(percent));
const mailOutcomes = ['sent', 'suppressed', 'failed', 'deferred', 'rate-limited', 'unreadable'];

/** Alarms first, then one row for each pipeline, from left to right as a webhook travels, then what runs by the clock. */
export class Dashboard extends Construct {
  readonly #stage: string;

  constructor(scope: Construct, id: string, { alarms, widgets = [], ...props }: DashboardProps) {
    super(scope, id);
    this.#stage = props.config.stage;
    const rows: IWidget[][] = [
      [
        text(
          `# Webhooks of ${this.#stage}\n[What to do about an alarm](${props.config.runbookUrl})`,
        ),
      ],
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
      ...this.#notifications(props),
      ...this.#byTheClock([...props.jobs.keys()]),
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
    const door = (name: 'Accepted' | 'Rejected' | 'AcceptFailed') =>
      ownMetric(stage, 'deliveries', name, { provider });
    const events = (name: keyof typeof metricFamilies.events.always) =>
      ownMetric(stage, 'events', name, { provider });
    const latency = (name: keyof typeof metricFamilies.events.optional) =>
      percentiles.map((statistic) => ownMetric(stage, 'events', name, { provider }, statistic));
    const redriven = ownMetric(stage, 'redrives', 'Redriven', { provider });
    return [
      [text(`## ${provider}`)],
      [
        graph('Deliveries', [door('Accepted'), door('Rejected'), door('AcceptFailed')]),
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
        secretAndSilence(provider, stage),
      ],
    ];
  }

  #notifications({ notifications: { requests } }: AlarmsProps): IWidget[][] {
    const stage = this.#stage;
    return [
      [text('## Notifications')],
      [
        graph('Outbox', [
          ownMetric(stage, 'outbox', 'EventsPublished', {}),
          ownMetric(stage, 'outbox', 'EventsNotPublished', {}),
          ownMetric(stage, 'backlog', 'OutboxAgeSeconds', {}),
        ]),
        queueGraph('Waiting and dead letters', requests),
        graph(
          'Mails by outcome',
          mailOutcomes.map((outcome) => ownMetric(stage, 'mails', 'Mails', { outcome })),
        ),
        graph(
          'Sending, ms',
          percentiles.map((statistic) =>
            ownMetric(stage, 'mails', 'MailMs', { outcome: 'sent' }, statistic),
          ),
        ),
      ],
    ];
  }

  #byTheClock(jobs: readonly string[]): IWidget[][] {
    const stage = this.#stage;
    const third = { width: WIDTH / 3 };
    const ofEach = (name: 'JobSucceeded' | 'JobFailed' | 'JobMs') =>
      jobs.map((job) => ownMetric(stage, 'jobs', name, { job }).with({ label: job }));
    return [
      [text('## Jobs')],
      [
        graph('Runs that succeeded', ofEach('JobSucceeded'), third),
        graph('Runs that failed', ofEach('JobFailed'), third),
        graph('Longest run, ms', ofEach('JobMs'), third),
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

/** Which secret signed, and how long nothing came: on an axis of its own, as one is counted and the other lasts. */
function secretAndSilence(provider: Provider, stage: string): GraphWidget {
  const signed = (name: 'SecretCurrent' | 'SecretPrevious') =>
    ownMetric(stage, 'deliveries', name, { provider });
  return new GraphWidget({
    title: 'Signing secret, and silence',
    left: [signed('SecretCurrent'), signed('SecretPrevious')],
    right: [silence(stage, provider)],
    leftYAxis: { min: 0, showUnits: false },
    rightYAxis: { min: 0, label: 'silence, s', showUnits: false },
    width: WIDTH / 4,
    height: 6,
  });
}

/** Of what the alarm takes for failed, the rest. */
function successRate(provider: Provider, pipeline: WebhookPipeline, stage: string): MathExpression {
  return new MathExpression({
    label: 'Success, %',
    expression: '100 - failures',
    usingMetrics: { failures: failureRate(provider, pipeline, stage) },
    period: Duration.minutes(10),
  });
}

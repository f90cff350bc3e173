import { metricNamespace } from '../../lambdas/catalog/metric-family.ts';
import { providers } from '../../lambdas/catalog/providers.ts';
import type { FigureRange, Figures, ProviderFigures, Series } from '../console-api.ts';
import type {
  MetricQuery,
  MetricValues,
  MetricWindow,
  ReadMetrics,
  Statistic,
} from './metric-source.ts';

const MINUTE = 60;

/** Periods are those of the dashboard's alarms: one minute, and five minutes for a day. */
const ranges: Readonly<Record<FigureRange, { periodSeconds: number; periods: number }>> = {
  hour: { periodSeconds: MINUTE, periods: 60 },
  day: { periodSeconds: 5 * MINUTE, periods: 288 },
};

type FigureName = Exclude<keyof ProviderFigures, 'provider'>;

interface Figure {
  readonly name: FigureName;
  readonly metrics: readonly string[];
  readonly statistic: Statistic;
  /** Value of a period without data. SQS measures no age while a queue is empty. */
  readonly missing: number | null;
  readonly of: 'provider' | 'queue';
}

const latency = (name: 'p50' | 'p95' | 'p99'): Figure => ({
  name,
  metrics: ['AcceptToEffectMs'],
  statistic: name,
  missing: null,
  of: 'provider',
});

const count = (name: FigureName, ...metrics: readonly string[]): Figure => ({
  name,
  metrics,
  statistic: 'Sum',
  missing: 0,
  of: 'provider',
});

/** Metrics of the dashboard that the charts show. A figure of several metrics is their sum. */
const figures: readonly Figure[] = [
  count('accepted', 'Accepted'),
  count('rejected', 'Rejected', 'AcceptFailed'),
  count('processed', 'Succeeded'),
  count('failed', 'Failed'),
  latency('p50'),
  latency('p95'),
  latency('p99'),
  {
    name: 'queueAgeSeconds',
    metrics: ['ApproximateAgeOfOldestMessage'],
    statistic: 'Maximum',
    missing: 0,
    of: 'queue',
  },
];

/** Returns the name in SQS of each provider's queue, which CloudFormation chose. */
export type ReadQueueNames = () => Promise<Readonly<Record<string, string>>>;

export interface FiguresDeps {
  readonly stage: string;
  readonly readMetrics: ReadMetrics;
  readonly readQueueNames: ReadQueueNames;
}

export function makeReadFigures({ stage, readMetrics, readQueueNames }: FiguresDeps) {
  return async function readFigures(range: FigureRange, now: Date): Promise<Figures> {
    const planned = planQueries(stage, await readQueueNames());
    const window = windowOf(range, now);
    const results = await readMetrics(
      planned.map(({ query }) => query),
      window,
    );
    const times = timesOf(window);
    const seriesOf = (provider: string, figure: Figure) => {
      const isOwn = (one: PlannedQuery | undefined) =>
        one?.provider === provider && one.figure === figure;
      const values = results.filter((_, index) => isOwn(planned[index]));
      return toSeries(values, figure, times);
    };
    const figuresOf = (provider: string) =>
      Object.fromEntries(figures.map((figure) => [figure.name, seriesOf(provider, figure)]));
    return {
      range,
      periodSeconds: window.periodSeconds,
      times,
      providers: providers.map((provider) => ({
        provider,
        ...(figuresOf(provider) as Record<FigureName, Series>),
      })),
    };
  };
}

interface PlannedQuery {
  readonly provider: string;
  readonly figure: Figure;
  readonly query: MetricQuery;
}

const planQueries = (
  stage: string,
  queueNames: Readonly<Record<string, string>>,
): readonly PlannedQuery[] =>
  providers.flatMap((provider) =>
    figures.flatMap((figure) =>
      figure.metrics.map((metric) => ({
        provider,
        figure,
        query:
          figure.of === 'queue'
            ? queueQuery(queueNames[provider] ?? '', figure, metric)
            : providerQuery(stage, provider, figure, metric),
      })),
    ),
  );

const providerQuery = (
  stage: string,
  provider: string,
  { statistic }: Figure,
  name: string,
): MetricQuery => ({
  namespace: metricNamespace(stage),
  name,
  dimensions: { provider },
  statistic,
});

const queueQuery = (queue: string, { statistic }: Figure, name: string): MetricQuery => ({
  namespace: 'AWS/SQS',
  name,
  dimensions: { QueueName: queue },
  statistic,
});

/** Ends with the period that is in progress. */
function windowOf(range: FigureRange, now: Date): MetricWindow {
  const { periodSeconds, periods } = ranges[range];
  const last = Math.floor(now.getTime() / 1_000 / periodSeconds) * periodSeconds;
  const from = new Date((last - (periods - 1) * periodSeconds) * 1_000);
  return { from, to: new Date((last + periodSeconds) * 1_000), periodSeconds };
}

function timesOf({ from, to, periodSeconds }: MetricWindow): readonly number[] {
  const first = from.getTime() / 1_000;
  const periods = (to.getTime() / 1_000 - first) / periodSeconds;
  return Array.from({ length: periods }, (_, index) => first + index * periodSeconds);
}

const toSeries = (
  results: readonly MetricValues[],
  { missing }: Figure,
  times: readonly number[],
): Series =>
  times.map((time) => {
    const values = results.flatMap((values) => values.get(time) ?? []);
    return values.length === 0 ? missing : values.reduce((total, value) => total + value, 0);
  });

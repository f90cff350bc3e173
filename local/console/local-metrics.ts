import type {
  MetricQuery,
  MetricValues,
  MetricWindow,
  ReadMetrics,
  Statistic,
} from '../../console/figures/metric-source.ts';
import type { MetricStore } from '../aws/metric-store.ts';
import type { QueueAges } from './queue-ages.ts';

export interface LocalMetrics {
  readonly metrics: MetricStore;
  readonly queueAges: QueueAges;
}

interface MinuteValues {
  readonly minute: number;
  readonly values: readonly number[];
}

/** Reads the metrics of the functions and of the queues on this machine. */
export const makeLocalMetrics =
  (sources: LocalMetrics): ReadMetrics =>
  async (queries, window) =>
    queries.map((query) => byPeriod(minutesOf(sources, query), query.statistic, window));

function minutesOf(
  { metrics, queueAges }: LocalMetrics,
  { name, dimensions, statistic }: MetricQuery,
): readonly MinuteValues[] {
  const { provider, QueueName: queue } = dimensions;
  if (queue !== undefined)
    return [...queueAges.minutes(queue)].map(([minute, age]) => ({ minute, values: [age] }));
  const minutes =
    statistic === 'Sum'
      ? metrics.minutes(provider ?? '', name).map(({ at, sum }) => ({ at, values: [sum] }))
      : metrics.minuteValues(provider ?? '', name);
  return minutes.map(({ at, values }) => ({ minute: at.getTime() / 1_000, values }));
}

function byPeriod(
  minutes: readonly MinuteValues[],
  statistic: Statistic,
  { from, to, periodSeconds }: MetricWindow,
): MetricValues {
  const periods = new Map<number, number[]>();
  for (const { minute, values } of minutes) {
    if (minute < from.getTime() / 1_000 || minute >= to.getTime() / 1_000) continue;
    const start = Math.floor(minute / periodSeconds) * periodSeconds;
    periods.set(start, [...(periods.get(start) ?? []), ...values]);
  }
  return new Map(
    [...periods]
      .filter(([, values]) => values.length > 0)
      .map(([start, values]) => [start, statistics[statistic](values)]),
  );
}

const percentile = (share: number) => (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[Math.ceil(share * values.length) - 1] ?? 0;

const statistics: Readonly<Record<Statistic, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((total, value) => total + value, 0),
  Maximum: (values) => Math.max(...values),
  p50: percentile(0.5),
  p95: percentile(0.95),
  p99: percentile(0.99),
};

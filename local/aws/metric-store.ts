import { z } from 'zod';
import { parseJson } from '../../lambdas/platform/json.ts';
import type { Reporter } from '../reporter.ts';

/**
 * Values of the metrics that functions have emitted since the start.
 * Holds only metrics that were emitted with the provider as their only dimension.
 */
export interface MetricStore {
  /** Returns the sum since the start. */
  sum(provider: string, metric: string): number;
  /** Returns the latest single values, oldest first. */
  latest(provider: string, metric: string): readonly number[];
  /** Returns one sum for each minute that has a value, oldest first. */
  minutes(provider: string, metric: string): readonly MinuteSum[];
  /** Moves the time of every value into the past, for tests of long periods. */
  age(milliseconds: number): void;
}

export interface MinuteSum {
  readonly at: Date;
  readonly sum: number;
}

const MINUTE_MS = 60_000;

/** Bounds the memory per metric. */
const LATEST_VALUES = 1_000;

const embeddedMetrics = z.object({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
  provider: z.string(),
});

/** @returns a reporter that passes every line on to `reporter`, and the metrics of those lines. */
export function storeMetrics(reporter: Reporter): {
  readonly reporter: Reporter;
  readonly metrics: MetricStore;
} {
  const { add, metrics } = makeMetricStore();
  return {
    reporter: {
      ...reporter,
      functionOutput(name, line) {
        for (const value of metricValuesIn(line)) add(value);
        reporter.functionOutput(name, line);
      },
    },
    metrics,
  };
}

interface MetricValue {
  readonly provider: string;
  readonly metric: string;
  readonly timestamp: number;
  readonly values: readonly number[];
  /** A list of single values (a histogram) has no sum. */
  readonly isList: boolean;
}

function metricValuesIn(line: string): readonly MetricValue[] {
  const record = line.includes('"_aws"') ? parseJson(line) : undefined;
  const { success, data } = embeddedMetrics.safeParse(record);
  if (!success) return [];
  return data._aws.CloudWatchMetrics.filter(({ Dimensions }) =>
    Dimensions.some((names) => names.join() === 'provider'),
  )
    .flatMap(({ Metrics }) => Metrics)
    .map(({ Name }) => {
      const value = (record as Record<string, unknown>)[Name];
      return {
        provider: data.provider,
        metric: Name,
        timestamp: data._aws.Timestamp,
        values: [value].flat().filter((one) => typeof one === 'number'),
        isList: Array.isArray(value),
      };
    });
}

function makeMetricStore() {
  const sums = new Map<string, Map<number, number>>();
  const latest = new Map<string, number[]>();
  const keyOf = (provider: string, metric: string) => `${provider} ${metric}`;
  const entries = (provider: string, metric: string) => [
    ...(sums.get(keyOf(provider, metric)) ?? []),
  ];
  const metrics: MetricStore = {
    sum: (provider, metric) => entries(provider, metric).reduce((total, [, sum]) => total + sum, 0),
    latest: (provider, metric) => latest.get(keyOf(provider, metric)) ?? [],
    minutes: (provider, metric) =>
      entries(provider, metric)
        .sort(([one], [other]) => one - other)
        .map(([at, sum]) => ({ at: new Date(at), sum })),
    age(milliseconds) {
      for (const [key, minutes] of sums)
        sums.set(key, new Map([...minutes].map(([at, sum]) => [at - milliseconds, sum])));
    },
  };
  function add({ provider, metric, timestamp, values, isList }: MetricValue): void {
    const key = keyOf(provider, metric);
    latest.set(key, [...(latest.get(key) ?? []), ...values].slice(-LATEST_VALUES));
    const [value] = values;
    if (isList || value === undefined) return;
    const minute = Math.floor(timestamp / MINUTE_MS) * MINUTE_MS;
    const minutes = sums.get(key) ?? new Map<number, number>();
    sums.set(key, minutes.set(minute, (minutes.get(minute) ?? 0) + value));
  }
  return { add, metrics };
}

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
  /** Returns one sum for each minute that has a value, oldest first. */
  minutes(provider: string, metric: string): readonly MinuteSum[];
  /** Returns the single values of each minute that has one, oldest first. */
  minuteValues(provider: string, metric: string): readonly MinuteValues[];
  /** Moves the time of every value into the past, for tests of long periods. */
  age(milliseconds: number): void;
}

export interface MinuteSum {
  readonly at: Date;
  readonly sum: number;
}

export interface MinuteValues {
  readonly at: Date;
  readonly values: readonly number[];
}

const MINUTE_MS = 60_000;

/** Bounds the memory per metric: 1,000 values a minute for a day. */
const VALUES_PER_MINUTE = 1_000;
const MINUTES_WITH_VALUES = 1_441;

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
  const lists = new Map<string, Map<number, number[]>>();
  const keyOf = (provider: string, metric: string) => `${provider} ${metric}`;
  const metrics: MetricStore = {
    sum: (provider, metric) =>
      sorted(sums.get(keyOf(provider, metric))).reduce((total, [, sum]) => total + sum, 0),
    minutes: (provider, metric) =>
      sorted(sums.get(keyOf(provider, metric))).map(([at, sum]) => ({ at: new Date(at), sum })),
    minuteValues: (provider, metric) =>
      sorted(lists.get(keyOf(provider, metric))).map(([at, values]) => ({
        at: new Date(at),
        values,
      })),
    age(milliseconds) {
      for (const stored of [sums, lists] as Map<string, Map<number, unknown>>[])
        for (const [key, minutes] of stored) stored.set(key, moved(minutes, milliseconds));
    },
  };
  function add({ provider, metric, timestamp, values, isList }: MetricValue): void {
    const key = keyOf(provider, metric);
    const minute = Math.floor(timestamp / MINUTE_MS) * MINUTE_MS;
    addValues(lists, key, minute, values);
    const [value] = values;
    if (isList || value === undefined) return;
    const minutes = sums.get(key) ?? new Map<number, number>();
    sums.set(key, minutes.set(minute, (minutes.get(minute) ?? 0) + value));
  }
  return { add, metrics };
}

const sorted = <Value>(minutes: ReadonlyMap<number, Value> = new Map()) =>
  [...minutes].sort(([one], [other]) => one - other);

const moved = <Value>(minutes: ReadonlyMap<number, Value>, milliseconds: number) =>
  new Map([...minutes].map(([at, value]) => [at - milliseconds, value]));

function addValues(
  lists: Map<string, Map<number, number[]>>,
  key: string,
  minute: number,
  values: readonly number[],
): void {
  const minutes = lists.get(key) ?? new Map<number, number[]>();
  const kept = minutes.get(minute) ?? [];
  kept.push(...values.slice(0, VALUES_PER_MINUTE - kept.length));
  lists.set(key, minutes.set(minute, kept));
  const [oldest] = minutes.keys();
  if (minutes.size > MINUTES_WITH_VALUES && oldest !== undefined) minutes.delete(oldest);
}

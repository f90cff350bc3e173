import { z } from 'zod';
import type { Reporter } from '../reporter.ts';

/** Sums of the metrics that functions have emitted since the start: what nobody else writes down. */
export interface MetricTally {
  /** Of those that were emitted with the provider as their only dimension. */
  of(provider: string, metric: string): number;
  /** The latest of them, one by one, the oldest first. */
  latest(provider: string, metric: string): readonly number[];
  /** By the minute in which they were emitted, the oldest first; a minute without any is left out. */
  minutes(provider: string, metric: string): readonly MinuteSum[];
  /** Puts everything so far further back, where a test cannot wait. */
  age(milliseconds: number): void;
}

export interface MinuteSum {
  readonly at: Date;
  readonly sum: number;
}

const MINUTE_MS = 60_000;
const LATEST = 1_000;

const embedded = z.object({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({ Dimensions: z.array(z.array(z.string())), Metrics: z.array(named()) }),
    ),
  }),
  provider: z.string(),
});

function named() {
  return z.object({ Name: z.string() });
}

/** @returns a reporter that does what `reporter` does, and the sums of what went through it. */
export function tallyMetrics(reporter: Reporter): {
  readonly reporter: Reporter;
  readonly tally: MetricTally;
} {
  const sums = new Map<string, Map<number, number>>();
  const latest = new Map<string, number[]>();
  const entries = (provider: string, metric: string) => [
    ...(sums.get(`${provider} ${metric}`) ?? []),
  ];
  const count = (line: string) => {
    const emitted = embedded.safeParse(parse(line));
    if (!emitted.success) return;
    const values = parse(line) as Record<string, unknown>;
    for (const { Dimensions, Metrics } of emitted.data._aws.CloudWatchMetrics)
      if (Dimensions.some((names) => names.join() === 'provider'))
        for (const { Name } of Metrics) {
          const key = `${emitted.data.provider} ${Name}`;
          const value = values[Name];
          const single = [value].flat().filter((one) => typeof one === 'number');
          latest.set(key, [...(latest.get(key) ?? []), ...single].slice(-LATEST));
          const minute = Math.floor(emitted.data._aws.Timestamp / MINUTE_MS) * MINUTE_MS;
          const minutes = sums.get(key) ?? new Map<number, number>();
          if (typeof value === 'number')
            sums.set(key, minutes.set(minute, (minutes.get(minute) ?? 0) + value));
        }
  };
  return {
    reporter: {
      ...reporter,
      functionOutput(name, line) {
        count(line);
        reporter.functionOutput(name, line);
      },
    },
    tally: {
      of: (provider, metric) =>
        entries(provider, metric).reduce((total, [, sum]) => total + sum, 0),
      latest: (provider, metric) => latest.get(`${provider} ${metric}`) ?? [],
      minutes: (provider, metric) =>
        entries(provider, metric)
          .sort(([one], [other]) => one - other)
          .map(([at, sum]) => ({ at: new Date(at), sum })),
      age(milliseconds) {
        for (const [key, minutes] of sums)
          sums.set(key, new Map([...minutes].map(([at, sum]) => [at - milliseconds, sum])));
      },
    },
  };
}

function parse(line: string): unknown {
  if (!line.includes('"_aws"')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

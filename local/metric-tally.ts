import { z } from 'zod';
import type { Reporter } from './console.ts';

/** Sums of the metrics that functions have emitted since the start: what nobody else writes down. */
export interface MetricTally {
  /** Of those that were emitted with the provider as their only dimension. */
  of(provider: string, metric: string): number;
}

const embedded = z.object({
  _aws: z.object({
    CloudWatchMetrics: z.array(z.object({ Dimensions: z.array(z.array(z.string())), Metrics: z.array(named()) })),
  }),
  provider: z.string(),
});

function named() {
  return z.object({ Name: z.string() });
}

/** @returns a reporter that does what `reporter` does, and the sums of what went through it. */
export function tallyMetrics(reporter: Reporter): { readonly reporter: Reporter; readonly tally: MetricTally } {
  const sums = new Map<string, number>();
  const count = (line: string) => {
    const emitted = embedded.safeParse(parse(line));
    if (!emitted.success) return;
    const values = parse(line) as Record<string, unknown>;
    for (const { Dimensions, Metrics } of emitted.data._aws.CloudWatchMetrics)
      if (Dimensions.some((names) => names.join() === 'provider'))
        for (const { Name } of Metrics) {
          const key = `${emitted.data.provider} ${Name}`;
          const value = values[Name];
          if (typeof value === 'number') sums.set(key, (sums.get(key) ?? 0) + value);
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
    tally: { of: (provider, metric) => sums.get(`${provider} ${metric}`) ?? 0 },
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

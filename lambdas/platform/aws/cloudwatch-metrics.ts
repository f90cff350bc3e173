import * as z from 'zod';
import { awsRequest } from '../aws-lite/aws-client.ts';

export interface PeriodSum {
  /** Its beginning. */
  readonly at: Date;
  readonly sum: number;
}

export interface SumQuestion {
  readonly namespace: string;
  readonly metrics: readonly string[];
  readonly dimensions: Readonly<Record<string, string>>;
  readonly from: Date;
  readonly to: Date;
  readonly periodSeconds: number;
}

const answer = z.object({
  MetricDataResults: z.array(
    z.object({
      Id: z.string(),
      StatusCode: z.string(),
      Timestamps: z.array(z.number()),
      Values: z.array(z.number()),
    }),
  ),
});

const ATTEMPT_MS = 5_000;

/**
 * Sums by period, for each metric in the order in which they were named; a period without any value is left out.
 * @throws where CloudWatch does not answer with all of it: half an answer would look like silence.
 */
export async function readSums(question: SumQuestion): Promise<readonly (readonly PeriodSum[])[]> {
  const { namespace, metrics, dimensions, from, to, periodSeconds } = question;
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const input = {
    StartTime: Math.floor(from.getTime() / 1_000),
    EndTime: Math.ceil(to.getTime() / 1_000),
    MetricDataQueries: metrics.map((MetricName, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: { Namespace: namespace, MetricName, Dimensions },
        ...{ Period: periodSeconds, Stat: 'Sum' },
      },
    })),
  };
  const { MetricDataResults } = answer.parse(
    await awsRequest({
      service: 'monitoring',
      operation: 'GetMetricData',
      input,
      attemptMs: ATTEMPT_MS,
    }),
  );
  return metrics.map((metric, index) => {
    const found = MetricDataResults.find(({ Id }) => Id === `m${index}`);
    if (found?.StatusCode !== 'Complete')
      throw new Error(`CloudWatch did not answer with all of ${metric}.`);
    return found.Timestamps.map((at, place) => ({
      at: new Date(at * 1_000),
      sum: found.Values[place] ?? 0,
    }));
  });
}

import { z } from 'zod';
import type { MetricStore, MinuteSum } from './metric-store.ts';
import type { AwsOperationResult } from './secrets-manager.ts';

const getMetricDataInput = z.object({
  StartTime: z.number(),
  EndTime: z.number(),
  MetricDataQueries: z.array(
    z.object({
      Id: z.string(),
      MetricStat: z.object({
        Metric: z.object({
          MetricName: z.string(),
          Dimensions: z.tuple([z.object({ Name: z.literal('provider'), Value: z.string() })]),
        }),
        Period: z.number(),
        Stat: z.literal('Sum'),
      }),
    }),
  ),
});

type GetMetricDataInput = z.infer<typeof getMetricDataInput>;

/**
 * Returns sums of the metrics that functions have emitted since the start.
 * Supports metrics whose only dimension is the provider.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function makeCloudWatch(
  metrics: MetricStore,
): Readonly<Record<string, (input: unknown) => AwsOperationResult>> {
  return {
    'GraniteServiceVersion20100801.GetMetricData': (input) => {
      const { success, data, error } = getMetricDataInput.safeParse(input);
      if (!success)
        return { errorType: 'InvalidParameterValueException', message: z.prettifyError(error) };
      const MetricDataResults = data.MetricDataQueries.map((query) =>
        readMetric(metrics, data, query),
      );
      return { output: { MetricDataResults, Messages: [] } };
    },
  };
}

function readMetric(
  metrics: MetricStore,
  { StartTime, EndTime }: GetMetricDataInput,
  { Id, MetricStat: { Metric, Period } }: GetMetricDataInput['MetricDataQueries'][number],
) {
  const minutes = metrics
    .minutes(Metric.Dimensions[0].Value, Metric.MetricName)
    .filter(({ at }) => at.getTime() >= StartTime * 1_000 && at.getTime() < EndTime * 1_000);
  return {
    Id,
    Label: Metric.MetricName,
    StatusCode: 'Complete',
    ...sumByPeriod(minutes, Period),
  };
}

/** Sums minutes into periods, newest first as CloudWatch lists them. */
function sumByPeriod(minutes: readonly MinuteSum[], periodSeconds: number) {
  const sums = new Map<number, number>();
  for (const { at, sum } of minutes) {
    const period = Math.floor(at.getTime() / 1_000 / periodSeconds) * periodSeconds;
    sums.set(period, (sums.get(period) ?? 0) + sum);
  }
  const newest = [...sums].sort(([one], [other]) => other - one);
  return { Timestamps: newest.map(([at]) => at), Values: newest.map(([, sum]) => sum) };
}

import { z } from 'zod';
import type { MetricTally, MinuteSum } from './metric-store.ts';
import type { AwsReply } from './secrets-manager.ts';

const query = z.object({
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

/**
 * Sums of what functions have emitted since the start, of metrics with the provider as their only dimension:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function makeCloudWatch(
  tally: MetricTally,
): Readonly<Record<string, (input: unknown) => AwsReply>> {
  return {
    'GraniteServiceVersion20100801.GetMetricData': (input) => {
      const asked = query.safeParse(input);
      if (!asked.success)
        return { fault: 'InvalidParameterValueException', message: z.prettifyError(asked.error) };
      const { StartTime, EndTime, MetricDataQueries } = asked.data;
      const MetricDataResults = MetricDataQueries.map(({ Id, MetricStat: { Metric, Period } }) => {
        const minutes = tally
          .minutes(Metric.Dimensions[0].Value, Metric.MetricName)
          .filter(({ at }) => at.getTime() >= StartTime * 1_000 && at.getTime() < EndTime * 1_000);
        return {
          Id,
          Label: Metric.MetricName,
          StatusCode: 'Complete',
          ...periods(minutes, Period),
        };
      });
      return { answer: { MetricDataResults, Messages: [] } };
    },
  };
}

/** The newest first, as CloudWatch lists them. */
function periods(minutes: readonly MinuteSum[], seconds: number) {
  const sums = new Map<number, number>();
  for (const { at, sum } of minutes) {
    const period = Math.floor(at.getTime() / 1_000 / seconds) * seconds;
    sums.set(period, (sums.get(period) ?? 0) + sum);
  }
  const newest = [...sums].sort(([one], [other]) => other - one);
  return { Timestamps: newest.map(([at]) => at), Values: newest.map(([, sum]) => sum) };
}

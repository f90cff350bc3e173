import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { type CallLimits, callDeadline, clientLimits } from './call-limits.ts';

export interface PeriodSum {
  /** Start of the period. */
  readonly at: Date;
  readonly sum: number;
}

export interface SumsQuery {
  readonly namespace: string;
  readonly metrics: readonly string[];
  readonly dimensions: Readonly<Record<string, string>>;
  readonly from: Date;
  readonly to: Date;
  readonly periodSeconds: number;
}

/**
 * Reads the sums by period, one list for each metric in the order of `metrics`. Periods without a
 * value are left out.
 * @throws if the response is incomplete: a missing part would look like a metric without values.
 */
export type ReadSums = (query: SumsQuery) => Promise<readonly (readonly PeriodSum[])[]>;

const LIMITS: CallLimits = { attempts: 2, attemptMs: 5_000 };

export function makeReadSums(limits = LIMITS): ReadSums {
  const client = new CloudWatchClient(clientLimits(limits));
  return async function readSums(query) {
    const { MetricDataResults = [] } = await client.send(commandOf(query), callDeadline(limits));
    return query.metrics.map((metric, index) => {
      const found = MetricDataResults.find(({ Id }) => Id === `m${index}`);
      if (found?.StatusCode !== 'Complete')
        throw new Error(`CloudWatch did not return all data of ${metric}.`);
      const { Timestamps = [], Values = [] } = found;
      return Timestamps.map((at, place) => ({ at, sum: Values[place] ?? 0 }));
    });
  };
}

function commandOf(query: SumsQuery): GetMetricDataCommand {
  const { namespace, metrics, dimensions, from, to, periodSeconds } = query;
  const dimensionList = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return new GetMetricDataCommand({
    StartTime: wholeSeconds(from, Math.floor),
    EndTime: wholeSeconds(to, Math.ceil),
    MetricDataQueries: metrics.map((metric, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: { Namespace: namespace, MetricName: metric, Dimensions: dimensionList },
        Period: periodSeconds,
        Stat: 'Sum',
      },
    })),
  });
}

const wholeSeconds = (date: Date, round: (value: number) => number) =>
  new Date(round(date.getTime() / 1_000) * 1_000);

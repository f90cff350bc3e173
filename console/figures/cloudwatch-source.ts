import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  type MetricQuery,
  MetricsDeniedError,
  type MetricWindow,
  type ReadMetrics,
} from './metric-source.ts';

export interface CloudWatchSource {
  readonly region: string;
  /** Endpoint of another CloudWatch, for tests. */
  readonly endpoint?: string;
}

/**
 * Reads metrics with the credentials of the person at this machine.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function makeCloudWatchSource({ region, endpoint }: CloudWatchSource): ReadMetrics {
  const client = new CloudWatchClient({ region, ...(endpoint === undefined ? {} : { endpoint }) });
  return async function readMetrics(queries, window) {
    const values = queries.map(() => new Map<number, number>());
    let token: string | undefined;
    do {
      const page = await client.send(commandOf(queries, window, token)).catch(explainDenial);
      for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? [])
        Timestamps.forEach((time, index) => {
          values[Number(Id.slice(1))]?.set(time.getTime() / 1_000, Values[index] ?? 0);
        });
      token = page.NextToken;
    } while (token !== undefined);
    return values;
  };
}

function commandOf(
  queries: readonly MetricQuery[],
  { from, to, periodSeconds }: MetricWindow,
  token: string | undefined,
): GetMetricDataCommand {
  return new GetMetricDataCommand({
    StartTime: from,
    EndTime: to,
    ...(token === undefined ? {} : { NextToken: token }),
    MetricDataQueries: queries.map(({ namespace, name, dimensions, statistic }, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: {
          Namespace: namespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
        Period: periodSeconds,
        Stat: statistic,
      },
    })),
  });
}

function explainDenial(error: unknown): never {
  const { name, message } = error as Error;
  if (/AccessDenied/.test(name)) throw new MetricsDeniedError(message);
  throw error;
}

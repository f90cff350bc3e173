import { policyOutput } from '../../lambdas/catalog/operator-commands/operator-command.ts';

export type Statistic = 'Sum' | 'Maximum' | 'p50' | 'p95' | 'p99';

export interface MetricQuery {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
}

export interface MetricWindow {
  readonly from: Date;
  readonly to: Date;
  readonly periodSeconds: number;
}

/** Values by the start of their period, in seconds since 1970. */
export type MetricValues = ReadonlyMap<number, number>;

/** Reads one result for each query, in the order of the queries. */
export type ReadMetrics = (
  queries: readonly MetricQuery[],
  window: MetricWindow,
) => Promise<readonly MetricValues[]>;

/** The identity of the operator may not read metrics. */
export class MetricsDeniedError extends Error {
  constructor(reason: string) {
    super(
      'Charts need the permission cloudwatch:GetMetricData, which the policy of the stack output ' +
        `${policyOutput('look')} contains. CloudWatch answered: ${reason}`,
    );
    this.name = 'MetricsDeniedError';
  }
}

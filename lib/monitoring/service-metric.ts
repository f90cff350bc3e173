import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNamespace, unitOf } from '../../lambdas/catalog/metric-family.ts';
import type {
  MetricDimensions,
  MetricFamily,
  MetricName,
} from '../../lambdas/catalog/metric-values.ts';

/** Returns a metric of lambdas/catalog/metrics.ts with exactly the dimensions of its family. */
export function serviceMetric<F extends MetricFamily>(
  stage: string,
  _family: F,
  metricName: MetricName<F>,
  dimensionsMap: MetricDimensions<F>,
  statistic: string = unitOf(metricName) === 'Count' ? Stats.SUM : Stats.MAXIMUM,
): Metric {
  return new Metric({ namespace: metricNamespace(stage), metricName, dimensionsMap, statistic });
}

/**
 * Adds metrics and counts a missing value as 0. CloudWatch otherwise returns no sum for a period in
 * which one metric is missing, and a period in which everything fails has no successes.
 */
export function total(
  label: string,
  period: Duration,
  ...terms: readonly IMetric[]
): MathExpression {
  const named = terms.map((term, index) => [`m${index}`, term] as const);
  const expression = named.map(([name]) => `FILL(${name}, 0)`).join(' + ');
  return new MathExpression({ expression, usingMetrics: Object.fromEntries(named), period, label });
}

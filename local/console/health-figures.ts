import type { MetricStore } from '../aws/metric-store.ts';

/** Health of one pipeline since the start; a figure without data is undefined. */
export interface HealthFigures {
  /** Share of all attempts, computed like the failure-rate alarm. */
  readonly successPercent: number | undefined;
  readonly retried: number;
  readonly redriven: number;
  readonly answeredMs: Percentiles | undefined;
  readonly appliedMs: Percentiles | undefined;
}

export type Percentiles = readonly [p50: number, p95: number, p99: number];

export function healthOf(provider: string, metrics: MetricStore): HealthFigures {
  const failed = metrics.sum(provider, 'Failed') + metrics.sum(provider, 'AcceptFailed');
  const attempts = metrics.sum(provider, 'Succeeded') + failed;
  return {
    successPercent: attempts === 0 ? undefined : 100 * (1 - failed / attempts),
    retried: metrics.sum(provider, 'Retried'),
    redriven: metrics.sum(provider, 'Redriven'),
    answeredMs: percentiles(metrics.latest(provider, 'AcceptMs')),
    appliedMs: percentiles(metrics.latest(provider, 'AcceptToEffectMs')),
  };
}

function percentiles(values: readonly number[]): Percentiles | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return sorted.length === 0 ? undefined : [at(0.5), at(0.95), at(0.99)];
}

import type {
  MetricQuery,
  MetricValues,
  ReadMetrics,
} from '../../console/figures/metric-source.ts';
import { providers } from '../../lambdas/catalog/providers.ts';

/** Typical values by metric: a level, and how far a value moves around it. */
const levels: Readonly<Record<string, { readonly level: number; readonly swing: number }>> = {
  Accepted: { level: 42, swing: 18 },
  Rejected: { level: 0, swing: 0 },
  AcceptFailed: { level: 0, swing: 0 },
  Succeeded: { level: 42, swing: 18 },
  Failed: { level: 0, swing: 0 },
  p50: { level: 180, swing: 40 },
  p95: { level: 420, swing: 140 },
  p99: { level: 900, swing: 380 },
  ApproximateAgeOfOldestMessage: { level: 1, swing: 1 },
};

/** Period, counted from the newest, in which a few events failed and the queue grew. */
const INCIDENT = 22;

/** Returns the metrics of a usual hour with one incident; equal for equal times. */
export const readSampleMetrics: ReadMetrics = async (queries, window) =>
  queries.map((query) => seriesOf(query, window));

function seriesOf(
  query: MetricQuery,
  { from, to, periodSeconds }: Parameters<ReadMetrics>[1],
): MetricValues {
  const values = new Map<number, number>();
  const last = to.getTime() / 1_000;
  for (let start = from.getTime() / 1_000; start < last; start += periodSeconds)
    values.set(start, valueAt(query, Math.round((last - start) / periodSeconds)));
  return values;
}

function valueAt({ name, statistic, dimensions }: MetricQuery, age: number): number {
  const { level, swing } = levels[name] ?? levels[statistic] ?? { level: 0, swing: 0 };
  const names: readonly string[] = providers;
  const phase = 2 * names.indexOf(dimensions['provider'] ?? '');
  const wave = Math.sin(age / 7 + phase) + Math.sin(age * 1.7 + phase) / 2;
  const usual = Math.max(0, Math.round(level + (swing * wave) / 1.5));
  if (Math.abs(age - INCIDENT) > 2) return usual;
  if (name === 'Failed') return 3;
  return name === 'ApproximateAgeOfOldestMessage' ? 40 : usual;
}

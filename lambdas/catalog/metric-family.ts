/** Metrics of one emitted line, which share all dimensions. */
export interface MetricFamilyDefinition {
  /** One sentence that names the emitter and the occasion of one line. */
  readonly description: string;
  readonly dimensions: readonly string[];
  readonly always: Readonly<Record<string, string>>;
  readonly optional: Readonly<Record<string, string>>;
}

/** Returns the namespace of one stage: two stages may share an account and must not mix data. */
export const metricNamespace = (stage: string) => `MotionMavericks/Webhooks/${stage}`;

export type MetricUnit = 'Milliseconds' | 'Seconds' | 'Count';

export function unitOf(metric: string): MetricUnit {
  if (metric.endsWith('Ms')) return 'Milliseconds';
  return metric.endsWith('Seconds') ? 'Seconds' : 'Count';
}

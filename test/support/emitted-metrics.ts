import { z } from 'zod';
import { metricFamilies } from '../../lambdas/catalog/metrics.ts';
import { readAssembly } from '../../local/cloudformation/assembly.ts';
import { synthesize } from '../../local/cloudformation/synthesize.ts';
import { assemblyCache } from '../../local/running-instance.ts';

/** Metrics that CloudWatch reads from one log line. */
export interface EmittedLine {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly metrics: readonly string[];
}

const embedded = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.tuple([
      z.object({
        Namespace: z.string(),
        Dimensions: z.tuple([z.array(z.string())]),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ]),
  }),
});

/**
 * Parses the metrics of a log line.
 * @returns undefined for a line without metrics.
 * @throws for a line that CloudWatch would reject.
 */
export function emittedBy(fields: Readonly<Record<string, unknown>>): EmittedLine | undefined {
  if (!('_aws' in fields)) return undefined;
  const { _aws, ...values } = embedded.parse(fields);
  const [{ Namespace: namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
  const metrics = Metrics.map(({ Name }) => Name);
  for (const name of metrics)
    z.union([z.number(), z.array(z.number()).min(1).max(100)]).parse(values[name]);
  const dimensions = Object.fromEntries(
    Dimensions[0].map((name) => [name, z.string().min(1).parse(values[name])]),
  );
  return { namespace, dimensions, metrics };
}

const names = (dimensions: object) => Object.keys(dimensions).sort().join();

/**
 * Returns the families that match a line: the same dimensions, every metric of `always` and no
 * unknown metric.
 */
export function familiesOf({ dimensions, metrics }: EmittedLine): readonly string[] {
  return Object.entries(metricFamilies)
    .filter(([, family]) => [...family.dimensions].sort().join() === names(dimensions))
    .filter(([, { always }]) => Object.keys(always).every((name) => metrics.includes(name)))
    .filter(([, { always, optional }]) =>
      metrics.every((name) => name in always || name in optional),
    )
    .map(([name]) => name);
}

const keyOf = (namespace: string, name: string, dimensions: Readonly<Record<string, string>>) =>
  [namespace, name, ...Object.entries(dimensions).map((pair) => pair.join('='))].sort().join(' ');

export const keysOf = ({ namespace, dimensions, metrics }: EmittedLine): readonly string[] =>
  metrics.map((name) => keyOf(namespace, name, dimensions));

const metric = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
});
const alarm = z.object({
  AlarmName: z.string(),
  Metrics: z.array(z.object({ MetricStat: z.object({ Metric: metric }).optional() })).optional(),
});

/**
 * Returns the key of each service metric that an alarm of the templates evaluates, with the alarm.
 */
export async function watchedKeys(): Promise<readonly (readonly [key: string, alarm: string])[]> {
  const { directory } = await synthesize({
    project: process.cwd(),
    cache: assemblyCache,
    stage: 'dev',
  });
  return readAssembly(directory)
    .stacks.flatMap(({ resources }) => resources)
    .filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
    .flatMap(({ properties }) => {
      const { AlarmName, Metrics = [{ MetricStat: { Metric: metric.parse(properties) } }] } =
        alarm.parse(properties);
      return Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))
        .filter(({ Namespace }) => !Namespace.startsWith('AWS/'))
        .map(({ Namespace, MetricName, Dimensions }) => {
          const dimensions = Object.fromEntries(
            Dimensions.map(({ Name, Value }) => [Name, String(Value)]),
          );
          return [keyOf(Namespace, MetricName, dimensions), AlarmName] as const;
        });
    });
}

import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { at, list, render, resolve } from './references.ts';
import { every, type Resource } from './stages.ts';

/** One metric that an alarm or a widget names. */
export interface NamedMetric {
  readonly by: Resource;
  readonly namespace: string;
  readonly name: string;
  /** References to resources are written `<id>`. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly periodSeconds: number | undefined;
  readonly statistic: string | undefined;
}

export const alarms = every('AWS::CloudWatch::Alarm');
export const composites = every('AWS::CloudWatch::CompositeAlarm');
export const dashboards = every('AWS::CloudWatch::Dashboard');

/** All of an alarm, also those in its expression, by their ids there. */
export function metricsOf(alarm: Resource): readonly (NamedMetric & { readonly id: string })[] {
  const stats = list(alarm.Properties['Metrics']).filter(
    (one) => at(one, 'MetricStat') !== undefined,
  );
  if (stats.length === 0) return [{ id: 'm', ...read(alarm, alarm.Properties) }];
  return stats.map((one) => ({
    id: String(at(one, 'Id')),
    ...read(alarm, {
      ...(at(one, 'MetricStat', 'Metric') as object),
      ...(at(one, 'MetricStat') as object),
    }),
  }));
}

function read(by: Resource, properties: object): NamedMetric {
  return {
    by,
    namespace: String(at(properties, 'Namespace')),
    name: String(at(properties, 'MetricName')),
    dimensions: Object.fromEntries(
      list(at(properties, 'Dimensions')).map((one) => [
        String(at(one, 'Name')),
        render(by, at(one, 'Value')),
      ]),
    ),
    periodSeconds: at(properties, 'Period') as number | undefined,
    statistic: (at(properties, 'Stat') ??
      at(properties, 'Statistic') ??
      at(properties, 'ExtendedStatistic')) as string | undefined,
  };
}

/** The queue, function or topic that a metric of AWS is about. */
export function subjectOf(alarm: Resource): readonly (Resource | undefined)[] {
  const stats = list(alarm.Properties['Metrics']).map((one) =>
    at(one, 'MetricStat', 'Metric', 'Dimensions'),
  );
  const dimensions = stats.length === 0 ? [alarm.Properties['Dimensions']] : stats;
  return dimensions.flatMap((some) => list(some).map((one) => resolve(alarm, at(one, 'Value'))));
}

const body = z.object({
  widgets: z.array(
    z.object({
      type: z.string(),
      properties: z.object({ metrics: z.array(z.array(z.unknown())).default([]) }),
    }),
  ),
});

/** Of each widget of a dashboard: `[namespace, name, dimension, value, …, {options}]`, and expressions. */
export function widgetMetrics(dashboard: Resource): readonly NamedMetric[] {
  const { widgets } = body.parse(
    JSON.parse(render(dashboard, dashboard.Properties['DashboardBody'])),
  );
  return widgets
    .flatMap(({ properties }) => properties.metrics)
    .filter(([first]) => typeof first === 'string')
    .map((row) => {
      const [namespace, name, ...words] = row.filter((part) => typeof part === 'string');
      const pairs = Array.from({ length: words.length / 2 }, (_, index) =>
        words.slice(2 * index, 2 * index + 2),
      );
      const options = row.find((part) => typeof part === 'object');
      return {
        by: dashboard,
        namespace: String(namespace),
        name: String(name),
        dimensions: Object.fromEntries(pairs),
        periodSeconds: at(options, 'period') as number | undefined,
        statistic: at(options, 'stat') as string | undefined,
      };
    });
}

/** CloudWatch's own meaning, for one period. */
const math = {
  FILL: (value: number | undefined, otherwise: number) => value ?? otherwise,
  IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no),
};

/** Whether an alarm on an expression does, with these values of its metrics in one period. */
export function fires(
  alarm: Resource | undefined,
  values: Readonly<Record<string, number>>,
): boolean {
  if (alarm === undefined) throw new Error('There is no such alarm.');
  const expression = list(alarm.Properties['Metrics'])
    .map((one) => at(one, 'Expression'))
    .find(Boolean);
  const byId = Object.fromEntries(
    metricsOf(alarm).map(({ id, name }) => [id, values[`${id} ${name}`] ?? values[name]]),
  );
  if (alarm.Properties['ComparisonOperator'] !== 'GreaterThanThreshold')
    throw new Error(`${alarm.id} compares otherwise.`);
  return (
    Number(runInNewContext(String(expression), { ...math, ...byId })) >
    Number(alarm.Properties['Threshold'])
  );
}

import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { at, list, render, resolve } from './references.ts';
import { every, type Resource } from './stages.ts';

/** One metric that an alarm or a widget uses. */
export interface NamedMetric {
  readonly by: Resource;
  readonly namespace: string;
  readonly name: string;
  /** Dimensions; references to resources are written `<id>`. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly periodSeconds: number | undefined;
  readonly statistic: string | undefined;
}

export const alarms = every('AWS::CloudWatch::Alarm');
export const composites = every('AWS::CloudWatch::CompositeAlarm');
export const dashboards = every('AWS::CloudWatch::Dashboard');

export const descriptionOf = ({ Properties }: Resource) => String(Properties['AlarmDescription']);

/** Returns the runbook section that the description of an alarm links. */
export const sectionOf = (alarm: Resource) => descriptionOf(alarm).split('#')[1] ?? '';

/** Finds an alarm by the part of its name that follows the stage. */
export const alarmNamed = (stage: string, name: string) =>
  alarms.find(({ Properties }) => Properties['AlarmName'] === `motion-mavericks-${stage}-${name}`);

/** Returns the composite alarms of the same stage whose rule contains the alarm. */
export const pagesFor = (alarm: Resource) =>
  composites.filter(
    (composite) =>
      composite.stage === alarm.stage &&
      render(composite, composite.Properties['AlarmRule']).includes(`ALARM("<${alarm.id}>")`),
  );

/** Returns all metrics of an alarm, those in its expression included, with their ids. */
export function metricsOf(alarm: Resource): readonly (NamedMetric & { readonly id: string })[] {
  const stats = list(alarm.Properties['Metrics']).filter(
    (metric) => at(metric, 'MetricStat') !== undefined,
  );
  if (stats.length === 0) return [{ id: 'm', ...read(alarm, alarm.Properties) }];
  return stats.map((metric) => ({
    id: String(at(metric, 'Id')),
    ...read(alarm, {
      ...(at(metric, 'MetricStat', 'Metric') as object),
      ...(at(metric, 'MetricStat') as object),
    }),
  }));
}

function read(by: Resource, properties: object): NamedMetric {
  return {
    by,
    namespace: String(at(properties, 'Namespace')),
    name: String(at(properties, 'MetricName')),
    dimensions: Object.fromEntries(
      list(at(properties, 'Dimensions')).map((dimension) => [
        String(at(dimension, 'Name')),
        render(by, at(dimension, 'Value')),
      ]),
    ),
    periodSeconds: at(properties, 'Period') as number | undefined,
    statistic: (at(properties, 'Stat') ??
      at(properties, 'Statistic') ??
      at(properties, 'ExtendedStatistic')) as string | undefined,
  };
}

/** Returns the queues, functions and topics that the metrics of an alarm measure. */
export function measuredResources(alarm: Resource): readonly (Resource | undefined)[] {
  const stats = list(alarm.Properties['Metrics']).map((metric) =>
    at(metric, 'MetricStat', 'Metric', 'Dimensions'),
  );
  const dimensions = stats.length === 0 ? [alarm.Properties['Dimensions']] : stats;
  return dimensions.flatMap(list).map((dimension) => resolve(alarm, at(dimension, 'Value')));
}

const body = z.object({
  widgets: z.array(
    z.object({
      type: z.string(),
      properties: z.object({ metrics: z.array(z.array(z.unknown())).default([]) }),
    }),
  ),
});

/**
 * Reads the metrics of all widgets. A widget lists each metric as
 * `[namespace, name, dimension, value, ..., {options}]`; expressions are left out.
 */
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

/** Implements the functions of CloudWatch metric math that the alarms use, for one period. */
const metricMath = {
  FILL: (value: number | undefined, otherwise: number) => value ?? otherwise,
  IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no),
};

/** Evaluates the expression of an alarm for one period with the given values of its metrics. */
export function fires(
  alarm: Resource | undefined,
  values: Readonly<Record<string, number>>,
): boolean {
  if (alarm === undefined) throw new Error('The alarm does not exist.');
  const expression = list(alarm.Properties['Metrics'])
    .map((metric) => at(metric, 'Expression'))
    .find(Boolean);
  const byId = Object.fromEntries(
    metricsOf(alarm).map(({ id, name }) => [id, values[`${id} ${name}`] ?? values[name]]),
  );
  const value = Number(runInNewContext(String(expression), { ...metricMath, ...byId }));
  const threshold = Number(alarm.Properties['Threshold']);
  switch (alarm.Properties['ComparisonOperator']) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    default:
      throw new Error(`${alarm.id} has a comparison operator that this test does not know.`);
  }
}

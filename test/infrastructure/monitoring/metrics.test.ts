import { expect, test } from '@jest/globals';
import { jobs } from '../../../lambdas/catalog/jobs.ts';
import { metricNamespace } from '../../../lambdas/catalog/metric-family.ts';
import { metricFamilies } from '../../../lambdas/catalog/metrics.ts';
import { providers } from '../../../lambdas/catalog/providers.ts';
import {
  alarms,
  dashboards,
  metricsOf,
  type NamedMetric,
  widgetMetrics,
} from '../support/metrics.ts';
import { at } from '../support/references.ts';
import { every, stages } from '../support/stages.ts';

const namedMetrics: readonly NamedMetric[] = [
  ...alarms.flatMap(metricsOf),
  ...dashboards.flatMap(widgetMetrics),
];
const serviceMetrics = namedMetrics.filter(({ namespace }) => !namespace.startsWith('AWS/'));
const awsMetrics = namedMetrics.filter(({ namespace }) => namespace.startsWith('AWS/'));

test('the functions emit each service metric of alarms and widgets, with its dimensions', () => {
  const emitted = new Set(
    stages.flatMap(({ stage }) =>
      Object.values(metricFamilies).flatMap(({ dimensions, always, optional }) =>
        Object.keys({ ...always, ...optional }).map((name) =>
          [metricNamespace(stage), name, ...[...dimensions].sort()].join(' '),
        ),
      ),
    ),
  );
  const unknown = serviceMetrics.filter(
    ({ namespace, name, dimensions }) =>
      !emitted.has([namespace, name, ...Object.keys(dimensions).sort()].join(' ')),
  );

  expect(serviceMetrics.length).toBeGreaterThan(100);
  expect(unknown.map(({ by, name, dimensions }) => ({ by: by.id, name, dimensions }))).toEqual([]);
  for (const { by, namespace } of serviceMetrics)
    expect(namespace).toBe(metricNamespace(by.stage.stage));
});

test('dimensions of service metrics have values that exist', () => {
  const values: Readonly<Record<string, readonly string[]>> = {
    provider: providers,
    job: jobs.map(({ name }) => name),
    outcome: [
      'sent',
      'sent-unconfirmed',
      'suppressed',
      'failed',
      'deferred',
      'rate-limited',
      'database-unavailable',
      'unreadable',
    ],
  };
  const unknown = serviceMetrics.flatMap(({ name, dimensions }) =>
    Object.entries(dimensions)
      .filter(([key, value]) => !values[key]?.includes(value))
      .map((dimension) => [name, ...dimension]),
  );

  expect(unknown).toEqual([]);
});

test('AWS metrics that alarms and widgets use refer to a resource of their stage', () => {
  const resourceDimension: Readonly<Record<string, string>> = {
    'AWS/Lambda': 'FunctionName',
    'AWS/Logs': 'LogGroupName',
    'AWS/SQS': 'QueueName',
    'AWS/SNS': 'TopicName',
    'AWS/ApiGateway': 'ApiId',
  };

  expect(awsMetrics).not.toEqual([]);
  for (const { namespace, dimensions } of awsMetrics)
    expect(dimensions[resourceDimension[namespace] ?? '']).toMatch(/^<\w+>$/);
});

test('the API emits metrics per route, and alarms use existing routes', () => {
  const routes = every('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties['RouteKey']);
  const apiMetrics = awsMetrics.filter(({ namespace }) => namespace === 'AWS/ApiGateway');

  for (const apiStage of every('AWS::ApiGatewayV2::Stage'))
    expect(at(apiStage.Properties, 'DefaultRouteSettings', 'DetailedMetricsEnabled')).toBe(true);
  expect(apiMetrics).not.toEqual([]);
  for (const { dimensions } of apiMetrics) {
    expect(Object.keys(dimensions).sort()).toEqual(['ApiId', 'Method', 'Resource', 'Stage']);
    expect(routes).toContain(`${dimensions['Method']} ${dimensions['Resource']}`);
  }
});

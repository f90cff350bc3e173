import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { jobs } from '../../lambdas/catalog/jobs.ts';
import { metricFamilies, metricNamespace } from '../../lambdas/catalog/metrics.ts';
import { providers } from '../../lambdas/catalog/providers.ts';
import {
  alarms,
  composites,
  dashboards,
  fires,
  metricsOf,
  type NamedMetric,
  subjectOf,
  widgetMetrics,
} from './support/metrics.ts';
import { at, list, render, resolve } from './support/references.ts';
import { every, type Resource, stages } from './support/stages.ts';

const everyAlarm: readonly Resource[] = [...alarms, ...composites];
const queues = every('AWS::SQS::Queue');
const sources = queues.filter(({ Properties }) => 'RedrivePolicy' in Properties);
const deadLetters = queues.filter((queue) => !sources.includes(queue));

const describes = ({ Properties }: Resource) => String(Properties['AlarmDescription']);
const sectionOf = (alarm: Resource) => describes(alarm).split('#')[1];
const named = (stage: string, name: string) =>
  alarms.find(({ Properties }) => Properties['AlarmName'] === `motion-mavericks-${stage}-${name}`);

const tellsTheTopic = (alarm: Resource, property: string) =>
  list(alarm.Properties[property]).some(
    (action) => resolve(alarm, action)?.Type === 'AWS::SNS::Topic',
  );
const pagersOf = (alarm: Resource) =>
  composites.filter(
    (one) =>
      one.stage === alarm.stage &&
      render(one, one.Properties['AlarmRule']).includes(`ALARM("<${alarm.id}>")`),
  );

test.each(everyAlarm)('$stack: $id says what it costs, and where to read on', (alarm) => {
  const { runbookUrl } = alarm.stage.config;

  expect(describes(alarm)).toMatch(/^[A-Z0-9a-z].{30,}\. /);
  expect(describes(alarm)).toContain(` Runbook: ${runbookUrl}#`);
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  expect(describes(alarm).length).toBeLessThanOrEqual(1_024);
});

test.each(alarms)('$stack: $id says what no data means, and decides as it says', (alarm) => {
  const isWrong = /Missing data: (the job did not run at all|report-backlog does not run, so)/.test(
    describes(alarm),
  );

  expect(describes(alarm)).toMatch(/Missing data: [a-z].+\. Runbook/);
  expect(alarm.Properties['TreatMissingData']).toBe(isWrong ? 'breaching' : 'notBreaching');
});

test.each(alarms)(
  '$stack: $id tells those on call of its beginning and end, itself or by one that pages',
  (alarm) => {
    const tellers = [alarm, ...pagersOf(alarm)].filter((one) => tellsTheTopic(one, 'AlarmActions'));

    expect(tellers).toHaveLength(1);
    expect(tellers.every((one) => tellsTheTopic(one, 'OKActions'))).toBe(true);
    expect(at(tellers[0]?.Properties, 'ActionsEnabled') ?? true).toBe(true);
  },
);

test.each(alarms)('$stack: $id looks no further back than CloudWatch does', (alarm) => {
  const periods = metricsOf(alarm).map(({ periodSeconds = 0 }) => periodSeconds);
  const period = Math.max(...periods);

  expect(new Set(periods)).toEqual(new Set([period]));
  expect(period % 60).toBe(0);
  expect(period).toBeGreaterThan(0);
  expect(period * Number(alarm.Properties['EvaluationPeriods'])).toBeLessThanOrEqual(
    period < 3_600 ? 86_400 : 604_800,
  );
});

test.each(deadLetters)('$stack: somebody is told of what is in $id', (queue) => {
  const watching = alarms.filter(
    (alarm) =>
      metricsOf(alarm).some(({ name }) => name === 'ApproximateNumberOfMessagesVisible') &&
      subjectOf(alarm).includes(queue),
  );

  expect(watching).toHaveLength(1);
  expect(Number(watching[0]?.Properties['Threshold'])).toBeLessThanOrEqual(10);
});

test.each(sources)('$stack: somebody is told when messages grow old in $id', (queue) => {
  const watching = alarms.filter(
    (alarm) =>
      metricsOf(alarm).some(({ name }) => name === 'ApproximateAgeOfOldestMessage') &&
      subjectOf(alarm).includes(queue),
  );

  expect(watching).toHaveLength(1);
});

test.each(stages.flatMap(({ stage }) => jobs.map(({ name }) => ({ stage, name }))))(
  '$stage: somebody is told when $name is missing, when it fails, and when a run is lost',
  ({ stage, name }) => {
    const found = ['job-missing', 'job-failing', 'missed-runs'].map((section) =>
      named(stage, `jobs-${name}-${section}`),
    );

    expect(found).not.toContain(undefined);
    expect(found.map((one) => one?.Properties['TreatMissingData'])).toEqual([
      'breaching',
      'notBreaching',
      'notBreaching',
    ]);
  },
);

const namedMetrics: readonly NamedMetric[] = [
  ...alarms.flatMap(metricsOf),
  ...dashboards.flatMap(widgetMetrics),
];
const oursNamed = namedMetrics.filter(({ namespace }) => !namespace.startsWith('AWS/'));

test('each metric of ours that an alarm or a widget names is sent, under those dimensions', () => {
  const sent = new Set(
    stages.flatMap(({ stage }) =>
      Object.values(metricFamilies).flatMap(({ dimensions, always, optional }) =>
        Object.keys({ ...always, ...optional }).map((name) =>
          [metricNamespace(stage), name, ...[...dimensions].sort()].join(' '),
        ),
      ),
    ),
  );
  const unknown = oursNamed.filter(
    ({ namespace, name, dimensions }) =>
      !sent.has([namespace, name, ...Object.keys(dimensions).sort()].join(' ')),
  );

  expect(oursNamed.length).toBeGreaterThan(100);
  expect(unknown.map(({ by, name, dimensions }) => ({ by: by.id, name, dimensions }))).toEqual([]);
  for (const { by, namespace } of oursNamed)
    expect(namespace).toBe(metricNamespace(by.stage.stage));
});

test('a dimension of ours has a value that there is', () => {
  const values: Readonly<Record<string, readonly string[]>> = {
    provider: providers,
    job: jobs.map(({ name }) => name),
    outcome: ['sent', 'suppressed', 'failed', 'deferred', 'rate-limited', 'unreadable'],
  };
  const unknown = oursNamed.flatMap(({ name, dimensions }) =>
    Object.entries(dimensions)
      .filter(([key, value]) => !values[key]?.includes(value))
      .map((one) => [name, ...one]),
  );

  expect(unknown).toEqual([]);
});

test('each metric of AWS that an alarm or a widget names is of a resource of its stage', () => {
  const ofAws = namedMetrics.filter(({ namespace }) => namespace.startsWith('AWS/'));
  const key: Readonly<Record<string, string>> = {
    'AWS/Lambda': 'FunctionName',
    'AWS/Logs': 'LogGroupName',
    'AWS/SQS': 'QueueName',
    'AWS/SNS': 'TopicName',
    'AWS/ApiGateway': 'ApiId',
  };

  expect(ofAws).not.toEqual([]);
  for (const { namespace, dimensions } of ofAws)
    expect(dimensions[key[namespace] ?? '']).toMatch(/^<\w+>$/);
});

test('the API counts by route, as the alarms ask it', () => {
  const routes = every('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties['RouteKey']);
  const asked = namedMetrics.filter(({ namespace }) => namespace === 'AWS/ApiGateway');

  for (const one of every('AWS::ApiGatewayV2::Stage'))
    expect(at(one.Properties, 'DefaultRouteSettings', 'DetailedMetricsEnabled')).toBe(true);
  expect(asked).not.toEqual([]);
  for (const { dimensions } of asked) {
    expect(Object.keys(dimensions).sort()).toEqual(['ApiId', 'Method', 'Resource', 'Stage']);
    expect(routes).toContain(`${dimensions['Method']} ${dimensions['Resource']}`);
  }
});

const perProvider = stages.flatMap(({ stage }) =>
  providers.map((provider) => ({ stage, provider })),
);

test.each(perProvider)(
  '$stage: more than 2 % of failures of $provider within 10 minutes are told of',
  (one) => {
    const alarm = named(one.stage, `${one.provider}-failure-rate`);

    expect(alarm && metricsOf(alarm).map(({ periodSeconds }) => periodSeconds)).toEqual([
      600, 600, 600, 600, 600,
    ]);
    expect(alarm?.Properties).toMatchObject({
      Threshold: 2,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
    });
    expect(fires(alarm, { Succeeded: 98, Failed: 2 })).toBe(false);
    expect(fires(alarm, { Succeeded: 97, Failed: 2 })).toBe(true);
    expect(fires(alarm, { Failed: 1 })).toBe(true);
    expect(fires(alarm, { AcceptFailed: 1 })).toBe(true);
    expect(fires(alarm, { Errors: 1 })).toBe(true);
    expect(fires(alarm, { Succeeded: 5, Rejected: 1_000_000 })).toBe(false);
    expect(fires(alarm, {})).toBe(false);
  },
);

test.each(perProvider)(
  '$stage: more than 10 dead letters of $provider are told of',
  ({ stage, provider }) => {
    const alarm = named(stage, `${provider}-dead-letters`);
    const dead = (visible: number, held: number) => ({
      ApproximateNumberOfMessagesVisible: visible,
      ApproximateNumberOfMessagesNotVisible: held,
    });

    expect(fires(alarm, dead(10, 0))).toBe(false);
    expect(fires(alarm, dead(11, 0))).toBe(true);
    expect(fires(alarm, dead(1, 10))).toBe(true);
  },
);

test.each(perProvider)(
  '$stage: silence of $provider is none while deliveries are accepted',
  ({ stage, provider }) => {
    const alarm = named(stage, `${provider}-missing-traffic`);

    expect(fires(alarm, { MissingTrafficSeconds: 3_601 })).toBe(true);
    expect(fires(alarm, { MissingTrafficSeconds: 3_601, Accepted: 0 })).toBe(true);
    expect(fires(alarm, { MissingTrafficSeconds: 3_601, Accepted: 1 })).toBe(false);
    expect(fires(alarm, { MissingTrafficSeconds: 3_600 })).toBe(false);
  },
);

test.each(perProvider)(
  '$stage: a signing secret of $provider that is older than 180 days is told of',
  (one) => {
    const alarm = named(one.stage, `${one.provider}-secret-age`);

    expect(alarm?.Properties).toMatchObject({
      ...{
        Threshold: 180 * 86_400,
        ComparisonOperator: 'GreaterThanThreshold',
        Statistic: 'Maximum',
      },
      // The check is daily; one that is late must not look as if the secret were young again.
      ...{ Period: 86_400, EvaluationPeriods: 2, DatapointsToAlarm: 1 },
    });
  },
);

test('the runbook has a section for each alarm, and an alarm for each section', () => {
  const sections = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^## (\S+)$/gm)].map(
    ([, name]) => name,
  );
  const linked = [...new Set(everyAlarm.map(sectionOf))];

  expect(linked.length).toBeGreaterThan(10);
  expect(sections.toSorted()).toEqual(linked.toSorted());
});

test.each(dashboards)('$stack: $id shows the state of every alarm', (dashboard) => {
  const shown = render(dashboard, dashboard.Properties['DashboardBody']);
  const missing = alarms.filter(
    ({ stage, id }) => stage === dashboard.stage && !shown.includes(`<${id}>`),
  );

  expect(missing.map(({ id }) => id)).toEqual([]);
});

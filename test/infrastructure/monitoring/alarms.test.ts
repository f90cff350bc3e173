import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  alarms,
  composites,
  dashboards,
  descriptionOf,
  metricsOf,
  pagesFor,
  sectionOf,
} from '../support/metrics.ts';
import { at, list, render, resolve } from '../support/references.ts';
import type { Resource } from '../support/stages.ts';

const everyAlarm: readonly Resource[] = [...alarms, ...composites];

const notifiesTopic = (alarm: Resource, property: string) =>
  list(alarm.Properties[property]).some(
    (action) => resolve(alarm, action)?.Type === 'AWS::SNS::Topic',
  );

test.each(everyAlarm)(
  '$stack: $id describes the failure and links its runbook section',
  (alarm) => {
    const { runbookUrl } = alarm.stage.config;

    expect(descriptionOf(alarm)).toMatch(/^[A-Z0-9a-z].{30,}\. /);
    expect(descriptionOf(alarm)).toContain(` Runbook: ${runbookUrl}#`);
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    expect(descriptionOf(alarm).length).toBeLessThanOrEqual(1_024);
  },
);

test.each(alarms)('$stack: $id treats missing data as its description explains', (alarm) => {
  const description = descriptionOf(alarm);
  const isFailure = /Missing data: (the job did not run at all|report-backlog does not run, so)/;

  expect(description).toMatch(/Missing data: [a-z].+\. Runbook/);
  expect(alarm.Properties['TreatMissingData']).toBe(
    isFailure.test(description) ? 'breaching' : 'notBreaching',
  );
});

test.each(alarms)(
  '$stack: $id notifies the topic when it begins and ends, itself or through one page',
  (alarm) => {
    const notifiers = [alarm, ...pagesFor(alarm)].filter((candidate) =>
      notifiesTopic(candidate, 'AlarmActions'),
    );

    expect(notifiers).toHaveLength(1);
    expect(notifiers.every((notifier) => notifiesTopic(notifier, 'OKActions'))).toBe(true);
    expect(at(notifiers[0]?.Properties, 'ActionsEnabled') ?? true).toBe(true);
  },
);

test.each(alarms)('$stack: $id evaluates no longer window than CloudWatch supports', (alarm) => {
  const periods = metricsOf(alarm).map(({ periodSeconds = 0 }) => periodSeconds);
  const period = Math.max(...periods);

  expect(new Set(periods)).toEqual(new Set([period]));
  expect(period % 60).toBe(0);
  expect(period).toBeGreaterThan(0);
  expect(period * Number(alarm.Properties['EvaluationPeriods'])).toBeLessThanOrEqual(
    period < 3_600 ? 86_400 : 604_800,
  );
});

test('the runbook has exactly one section per alarm', () => {
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

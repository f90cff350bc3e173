import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { jobs } from '../../../lambdas/catalog/jobs.ts';
import { providers } from '../../../lambdas/catalog/providers.ts';
import { type Limit, limits } from '../support/alarm-limits.ts';
import { alarms, fires, metricsOf, pagesFor, sectionOf } from '../support/metrics.ts';
import { at, list } from '../support/references.ts';
import type { Resource } from '../support/stages.ts';

const pages = (alarm: Resource) => pagesFor(alarm).length > 0;
const testedElsewhere = ['job-missing', 'new-stage', 'private-data-in-logs'];
const limited = alarms.filter((alarm) => !testedElsewhere.includes(sectionOf(alarm)));

test.each(limited)(
  '$stack: $id has the metrics, the threshold, the periods and the paging that are listed',
  (alarm) => {
    const limit = limits[sectionOf(alarm)] as Limit;
    const { threshold, minutes, of = [1, 1] } = limit;
    const used = metricsOf(alarm);

    expect(used.map(({ name, statistic }) => `${name} ${statistic}`)).toEqual(limit.metrics);
    expect(alarm.Properties).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: typeof threshold === 'number' ? threshold : threshold(alarm.stage.config),
      DatapointsToAlarm: of[0],
      EvaluationPeriods: of[1],
    });
    if (minutes)
      expect(new Set(used.map(({ periodSeconds }) => periodSeconds))).toEqual(
        new Set([minutes * 60]),
      );
    expect(pages(alarm)).toBe(limit.pages);
  },
);

test('the runbook names the alarms that do not page', () => {
  const [, named = ''] =
    /Alarms that can wait \(([^)]*)\)/.exec(readFileSync('docs/runbook.md', 'utf8')) ?? [];
  const waiting = alarms.filter((alarm) => !pages(alarm)).map(sectionOf);

  expect(new Set([...named.matchAll(/`([\w-]+)`/g)].map(([, section]) => section))).toEqual(
    new Set(waiting),
  );
});

test('each listed limit belongs to an alarm', () => {
  expect(new Set(limited.map(sectionOf))).toEqual(new Set(Object.keys(limits)));
});

/** Pairs each alarm of a provider or a job with the dimension that its metrics must have. */
const withDimension = (names: readonly string[], dimension: string) =>
  names.flatMap((name) =>
    alarms
      .filter(({ stage, Properties }) =>
        new RegExp(`^motion-mavericks-${stage.stage}-(jobs-)?${name}-`).test(
          String(Properties['AlarmName']),
        ),
      )
      .map((alarm) => ({ stack: alarm.stack, alarm, dimension: { [dimension]: name } })),
  );

test.each([
  ...withDimension(providers, 'provider'),
  ...withDimension(
    jobs.map(({ name }) => name),
    'job',
  ),
])('$stack: $alarm.id uses only service metrics of $dimension', ({ alarm, dimension }) => {
  const serviceMetrics = metricsOf(alarm).filter(({ namespace }) => !namespace.startsWith('AWS/'));

  expect(
    serviceMetrics.filter(
      ({ dimensions }) => JSON.stringify(dimensions) !== JSON.stringify(dimension),
    ),
  ).toEqual([]);
});

/** Metrics that must trigger their alarm alone, while all other metrics have no value. */
const sufficient = alarms
  .filter((alarm) => !['job-missing', 'new-stage'].includes(sectionOf(alarm)))
  .filter(({ Properties }) => list(Properties['Metrics']).length > 0)
  .flatMap((alarm) =>
    metricsOf(alarm).map(({ id, name }) => ({ stack: alarm.stack, alarm, id, name })),
  )
  // These metrics only reduce or enable the effect of the others.
  .filter(({ name }) => !['Succeeded', 'Accepted', 'Invocations', 'Rejected'].includes(name))
  .filter(
    ({ alarm, name }) => !(sectionOf(alarm) === 'new-version-failing' && name === 'AcceptFailed'),
  );

test.each(sufficient)(
  '$stack: $alarm.id begins if only $name has a value',
  ({ alarm, id, name }) => {
    expect(fires(alarm, { [`${id} ${name}`]: 1_000_000 })).toBe(true);
    expect(fires(alarm, {})).toBe(false);
  },
);

const jobMissingAlarms = alarms.filter((alarm) => sectionOf(alarm) === 'job-missing');

test.each(jobMissingAlarms)(
  '$stack: $id begins when the job is overdue, by its own metric or by report-backlog',
  (alarm) => {
    const job = jobs.find(
      ({ name }) => alarm.Properties['AlarmName'] === jobMissingName(alarm, name),
    );
    const [metric, ...others] = metricsOf(alarm);
    const overdueAfter = job?.overdueAfterSeconds ?? 0;

    expect(pages(alarm)).toBe(true);
    expect(others).toEqual([]);
    expect([metric?.name, metric?.statistic, metric?.periodSeconds]).toEqual(
      overdueAfter <= 86_400
        ? ['JobSucceeded', 'Sum', overdueAfter]
        : ['OverdueSeconds', 'Maximum', 1_800],
    );
    expect(alarm.Properties).toMatchObject({ EvaluationPeriods: 1, DatapointsToAlarm: 1 });
  },
);

test.each(jobMissingAlarms)('$stack: $id begins in the first period without data', (alarm) => {
  // Missing data would count only once no older datapoint is in the evaluation range.
  expect(fires(alarm, {})).toBe(true);
  expect(fires(alarm, { JobSucceeded: 0, OverdueSeconds: 60 })).toBe(true);
  expect(fires(alarm, { JobSucceeded: 1, OverdueSeconds: 0 })).toBe(false);
});

/** Alarms whose expression counts a value that arrives once, and perhaps late. */
const filledCounts = alarms.filter(
  (alarm) =>
    list(alarm.Properties['Metrics']).some((metric) =>
      /FILL/.test(String(at(metric, 'Expression'))),
    ) && metricsOf(alarm).some(({ statistic }) => statistic === 'Sum'),
);

test.each(filledCounts)('$stack: $id evaluates a short period more than once', (alarm) => {
  const period = Math.max(...metricsOf(alarm).map(({ periodSeconds = 0 }) => periodSeconds));
  // A job counts its success again with each run, so a late value is not the only one.
  const repeats = sectionOf(alarm) === 'job-missing';

  expect(period > 300 || repeats || Number(alarm.Properties['EvaluationPeriods']) > 1).toBe(true);
});

const jobMissingName = ({ stage }: Resource, job: string) =>
  `motion-mavericks-${stage.stage}-jobs-${job}-job-missing`;

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { jobs } from '../../lambdas/catalog/jobs.ts';
import { providers } from '../../lambdas/catalog/providers.ts';
import type { StageConfig } from '../../lib/config.ts';
import { alarms, composites, fires, metricsOf } from './support/metrics.ts';
import { list, render } from './support/references.ts';
import type { Resource } from './support/stages.ts';

interface Limit {
  /** Of the metrics in the order in which the alarm names them, each with its statistic. */
  readonly watches: readonly string[];
  readonly over: number | ((config: StageConfig) => number);
  readonly minutes?: number;
  /** Of so many periods, so many. @default 1 of 1 */
  readonly of?: readonly [breaching: number, periods: number];
  readonly pages: boolean;
}

const visible = 'ApproximateNumberOfMessagesVisible Maximum';
const queued = [visible, 'ApproximateNumberOfMessagesNotVisible Maximum'];
const age = ['ApproximateAgeOfOldestMessage Maximum'];

/** When people are told of what, by the section that says what to do then: a change here is one of what wakes them. */
const limits: Readonly<Record<string, Limit>> = {
  'verifier-failing': { watches: ['5xx Sum', 'Throttles Sum'], over: 2, minutes: 15, pages: true },
  'slow-acknowledgement': {
    watches: ['Latency p99'],
    over: 3_000,
    minutes: 5,
    of: [2, 3],
    pages: false,
  },
  'api-throttling': {
    watches: ['4xx Sum', 'Rejected Sum'],
    over: 20,
    minutes: 5,
    of: [3, 3],
    pages: false,
  },
  'rejected-deliveries': {
    watches: ['Rejected Sum'],
    over: ({ alarms: { rejectedInQuarterHour } }) => rejectedInQuarterHour,
    minutes: 15,
    pages: false,
  },
  'failure-rate': {
    watches: ['Succeeded Sum', 'Failed Sum', 'AcceptFailed Sum', 'Errors Sum', 'Errors Sum'],
    over: 2,
    minutes: 10,
    pages: true,
  },
  'old-messages': { watches: age, over: 600, minutes: 5, of: [2, 2], pages: true },
  'dead-letters': { watches: queued, over: 10, minutes: 5, pages: true },
  'exhausted-events': { watches: ['Exhausted Sum'], over: 0, minutes: 5, pages: true },
  'missing-traffic': {
    watches: ['Accepted Sum', 'MissingTrafficSeconds Maximum'],
    over: ({ alarms: { missingTrafficMinutes } }) => missingTrafficMinutes * 60,
    minutes: 15,
    pages: true,
  },
  'secret-age': {
    watches: ['SecretAgeSeconds Maximum'],
    over: 15_552_000,
    minutes: 1_440,
    of: [1, 2],
    pages: false,
  },
  'outbox-backlog': {
    watches: ['OutboxAgeSeconds Maximum'],
    over: 300,
    minutes: 5,
    of: [2, 3],
    pages: true,
  },
  'notification-dead-letters': { watches: queued, over: 0, minutes: 5, pages: true },
  'old-notifications': { watches: age, over: 1_800, minutes: 5, of: [2, 2], pages: true },
  'sender-crashing': { watches: ['Errors Sum'], over: 2, minutes: 15, pages: true },
  'mails-failing': { watches: ['Mails Sum'], over: 4, minutes: 60, pages: false },
  // How long depends on the job.
  'job-failing': { watches: ['Errors Sum'], over: 2, pages: true },
  'missed-runs': { watches: [visible], over: 0, minutes: 5, pages: true },
  'on-call-undelivered': {
    watches: ['NumberOfNotificationsFailed Sum'],
    over: 0,
    minutes: 5,
    pages: true,
  },
  'on-call-dead-letters': { watches: [visible], over: 0, minutes: 5, pages: true },
  'new-version-failing': {
    watches: ['Errors Sum', 'Invocations Sum', 'AcceptFailed Sum'],
    over: 0,
    minutes: 1,
    pages: false,
  },
};

const sectionOf = ({ Properties }: Resource) =>
  String(Properties['AlarmDescription']).split('#')[1] ?? '';
const pages = (alarm: Resource) =>
  composites.some(
    (one) =>
      one.stage === alarm.stage &&
      render(one, one.Properties['AlarmRule']).includes(`<${alarm.id}>`),
  );
const others = ['job-missing', 'private-data-in-logs'];
const limited = alarms.filter((alarm) => !others.includes(sectionOf(alarm)));

test.each(limited)(
  '$stack: $id begins where it is to begin, and wakes those whom it is to wake',
  (alarm) => {
    const { watches, over, minutes, of = [1, 1], pages: wakes } = limits[sectionOf(alarm)] as Limit;
    const watched = metricsOf(alarm);

    expect(watched.map(({ name, statistic }) => `${name} ${statistic}`)).toEqual(watches);
    expect(alarm.Properties).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: typeof over === 'number' ? over : over(alarm.stage.config),
      ...{ DatapointsToAlarm: of[0], EvaluationPeriods: of[1] },
    });
    if (minutes)
      expect(new Set(watched.map(({ periodSeconds }) => periodSeconds))).toEqual(
        new Set([minutes * 60]),
      );
    expect(pages(alarm)).toBe(wakes);
  },
);

test('the runbook names those that wake nobody', () => {
  const [, named = ''] =
    /Alarms that can wait \(([^)]*)\)/.exec(readFileSync('docs/runbook.md', 'utf8')) ?? [];
  const waiting = alarms.filter((alarm) => !pages(alarm)).map(sectionOf);

  expect(new Set([...named.matchAll(/`([\w-]+)`/g)].map(([, section]) => section))).toEqual(
    new Set(waiting),
  );
});

test('each of these limits is that of an alarm', () => {
  expect(new Set(limited.map(sectionOf))).toEqual(new Set(Object.keys(limits)));
});

const oneOf = (names: readonly string[], dimension: string) =>
  names.flatMap((name) =>
    alarms
      .filter(({ stage, Properties }) =>
        new RegExp(`^motion-mavericks-${stage.stage}-(jobs-)?${name}-`).test(
          String(Properties['AlarmName']),
        ),
      )
      .map((alarm) => ({ stack: alarm.stack, alarm, of: { [dimension]: name } })),
  );

test.each([
  ...oneOf(providers, 'provider'),
  ...oneOf(
    jobs.map(({ name }) => name),
    'job',
  ),
])('$stack: $alarm.id looks at nothing of ours but what is counted of $of', ({ alarm, of }) => {
  const ours = metricsOf(alarm).filter(({ namespace }) => !namespace.startsWith('AWS/'));

  expect(
    ours.filter(({ dimensions }) => JSON.stringify(dimensions) !== JSON.stringify(of)),
  ).toEqual([]);
});

/** What CloudWatch would make of one metric where the others have no value in the period. */
const alone = alarms
  .filter(({ Properties }) => list(Properties['Metrics']).length > 0)
  .flatMap((alarm) =>
    metricsOf(alarm).map(({ id, name }) => ({ stack: alarm.stack, alarm, id, name })),
  )
  // Of these it is the others that say whether there is something to count.
  .filter(({ name }) => !['Succeeded', 'Accepted', 'Invocations', 'Rejected'].includes(name))
  .filter(
    ({ alarm, name }) => !(sectionOf(alarm) === 'new-version-failing' && name === 'AcceptFailed'),
  );

test.each(alone)(
  '$stack: $alarm.id begins by $name alone, as no other has to have a value',
  ({ alarm, id, name }) => {
    expect(fires(alarm, { [`${id} ${name}`]: 1_000_000 })).toBe(true);
    expect(fires(alarm, {})).toBe(false);
  },
);

const missing = alarms.filter((alarm) => sectionOf(alarm) === 'job-missing');

test.each(missing)(
  '$stack: $id begins when the job is late, by itself or by what Postgres says',
  (alarm) => {
    const job = jobs.find(({ name }) => alarm.Properties['AlarmName'] === nameOf(alarm, name));
    const { MetricName, Statistic, Period, Threshold, ComparisonOperator, EvaluationPeriods } =
      alarm.Properties;
    const late = job?.overdueAfterSeconds ?? 0;

    expect(pages(alarm)).toBe(true);
    expect([
      MetricName,
      Statistic,
      Period,
      Threshold,
      ComparisonOperator,
      EvaluationPeriods,
    ]).toEqual(
      late <= 86_400
        ? ['JobSucceeded', 'Sum', late, 1, 'LessThanThreshold', 1]
        : ['OverdueSeconds', 'Maximum', 1_800, 0, 'GreaterThanThreshold', 1],
    );
  },
);

const nameOf = ({ stage }: Resource, job: string) =>
  `motion-mavericks-${stage.stage}-jobs-${job}-job-missing`;

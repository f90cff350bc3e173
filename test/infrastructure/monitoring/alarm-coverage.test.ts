import { expect, test } from '@jest/globals';
import { runsAgainSoon } from '../../../lambdas/catalog/job.ts';
import { jobs } from '../../../lambdas/catalog/jobs.ts';
import { providers } from '../../../lambdas/catalog/providers.ts';
import { registry } from '../../../lambdas/providers/registry.ts';
import {
  alarmNamed,
  alarms,
  composites,
  fires,
  measuredResources,
  metricsOf,
  sectionOf,
} from '../support/metrics.ts';
import { render } from '../support/references.ts';
import { every, type Resource, stages } from '../support/stages.ts';

const queues = every('AWS::SQS::Queue');
const sources = queues.filter(({ Properties }) => 'RedrivePolicy' in Properties);
const deadLetters = queues.filter((queue) => !sources.includes(queue));

const alarmsOn = (queue: Resource, metric: string) =>
  alarms.filter(
    (alarm) =>
      metricsOf(alarm).some(({ name }) => name === metric) &&
      measuredResources(alarm).includes(queue),
  );

test('the app has source queues and dead-letter queues', () => {
  expect(sources).not.toEqual([]);
  expect(deadLetters).not.toEqual([]);
});

test.each(deadLetters)('$stack: one alarm counts the messages in $id', (queue) => {
  const found = alarmsOn(queue, 'ApproximateNumberOfMessagesVisible');

  expect(found).toHaveLength(1);
  expect(Number(found[0]?.Properties['Threshold'])).toBeLessThanOrEqual(10);
});

test.each(sources)('$stack: one alarm measures the age of messages in $id', (queue) => {
  expect(alarmsOn(queue, 'ApproximateAgeOfOldestMessage')).toHaveLength(1);
});

test.each(stages.flatMap(({ stage }) => jobs.map((job) => ({ stage, job, name: job.name }))))(
  '$stage: $name has alarms for a missing run, failed attempts and a run that nothing repeats',
  ({ stage, job, name }) => {
    const found = ['job-missing', 'job-failing', 'missed-runs'].map((section) =>
      alarmNamed(stage, `jobs-${name}-${section}`),
    );

    expect(found.map((alarm) => alarm?.Properties['TreatMissingData'])).toEqual([
      'breaching',
      'notBreaching',
      // The queue of a job that runs again soon would page until somebody empties it.
      runsAgainSoon(job) ? undefined : 'notBreaching',
    ]);
  },
);

test.each(stages)('$stage: job-missing pages only while the stage is not new', ({ stage }) => {
  const page = composites.find(
    ({ Properties }) => Properties['AlarmName'] === `motion-mavericks-${stage}-jobs-page`,
  ) as Resource;
  const rule = render(page, page.Properties['AlarmRule']);
  const [, condition = '', , others = ''] =
    /^\(\(OK\("<(\w+)>"\) AND \((.*?)\)\) OR (.*)\)$/.exec(rule) ?? [];
  const newStage = alarmNamed(stage, 'jobs-new-stage');
  const ofSection = (section: string) =>
    alarms.filter((alarm) => alarm.stage.stage === stage && sectionOf(alarm) === section);

  expect(condition).toBe(newStage?.id);
  for (const { id } of ofSection('job-missing')) {
    expect(rule).toContain(`ALARM("<${id}>")`);
    expect(others).not.toContain(id);
  }
  for (const { id } of ofSection('job-failing')) expect(others).toContain(`ALARM("<${id}>")`);
});

test.each(stages)('$stage counts as new until each frequent job must have run', ({ stage }) => {
  const alarm = alarmNamed(stage, 'jobs-new-stage') as Resource;
  const longest = Math.max(
    ...jobs.map((job) => job.overdueAfterSeconds).filter((seconds) => seconds <= 86_400),
  );
  const quietHours = Number(alarm.Properties['DatapointsToAlarm']);
  const runHours = Number(alarm.Properties['EvaluationPeriods']) - quietHours + 1;

  expect(fires(alarm, {})).toBe(true);
  expect(fires(alarm, { Invocations: 1 })).toBe(false);
  // A stage of n full hours has runs in at most n + 1 hourly periods.
  expect((runHours - 1) * 3_600).toBeGreaterThanOrEqual(longest);
  expect(runHours).toBeLessThan(24);
});

const perProvider = stages.flatMap(({ stage }) =>
  providers.map((provider) => ({ stage, provider })),
);

test.each(perProvider)(
  '$stage: an alarm begins when over 2% of attempts at $provider events fail in 10 minutes',
  ({ stage, provider }) => {
    const alarm = alarmNamed(stage, `${provider}-failure-rate`);

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
  '$stage: an alarm begins above 10 dead letters of $provider, received ones included',
  ({ stage, provider }) => {
    const alarm = alarmNamed(stage, `${provider}-dead-letters`);
    const messages = (visible: number, received: number) => ({
      ApproximateNumberOfMessagesVisible: visible,
      ApproximateNumberOfMessagesNotVisible: received,
    });

    expect(fires(alarm, messages(10, 0))).toBe(false);
    expect(fires(alarm, messages(11, 0))).toBe(true);
    expect(fires(alarm, messages(1, 10))).toBe(true);
  },
);

const expectsTraffic = ({ provider }: (typeof perProvider)[number]) =>
  registry[provider].expectedTraffic !== 'none';

test('a provider whose silence is no fault has no missing-traffic alarm', () => {
  const silent = perProvider.filter((one) => !expectsTraffic(one));

  for (const { stage, provider } of silent)
    expect(alarmNamed(stage, `${provider}-missing-traffic`)).toBeUndefined();
});

test.each(perProvider.filter(expectsTraffic))(
  '$stage: the missing-traffic alarm of $provider stays off while deliveries are accepted',
  ({ stage, provider }) => {
    const alarm = alarmNamed(stage, `${provider}-missing-traffic`);

    expect(fires(alarm, { MissingTrafficSeconds: 3_601 })).toBe(true);
    expect(fires(alarm, { MissingTrafficSeconds: 3_601, Accepted: 0 })).toBe(true);
    expect(fires(alarm, { MissingTrafficSeconds: 3_601, Accepted: 1 })).toBe(false);
    expect(fires(alarm, { MissingTrafficSeconds: 3_600 })).toBe(false);
  },
);

test.each(perProvider)(
  '$stage: an alarm begins when the signing secret of $provider is older than 180 days',
  ({ stage, provider }) => {
    const alarm = alarmNamed(stage, `${provider}-secret-age`);

    expect(alarm?.Properties).toMatchObject({
      Threshold: 180 * 86_400,
      ComparisonOperator: 'GreaterThanThreshold',
      Statistic: 'Maximum',
      // The job runs daily; with one period, a late run would look like a young secret.
      Period: 86_400,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 1,
    });
  },
);

import { expect, test } from '@jest/globals';
import { type Job, jobEntry, retryAttempts, runsAgainSoon } from '../../lambdas/catalog/job.ts';
import { jobs } from '../../lambdas/catalog/jobs.ts';
import { at, entryOf, resolve } from './support/references.ts';
import { every, type Resource, stages } from './support/stages.ts';

const schedules = every('AWS::Scheduler::Schedule');
const invokeConfigs = every('AWS::Lambda::EventInvokeConfig');

test.each(stages)('$stage has exactly the schedules of the job catalog', (stage) => {
  const listed = jobs.map((job: Job) => [jobEntry(job), job.schedule, job.timezone ?? 'Etc/UTC']);
  const scheduled = schedules
    .filter((schedule) => schedule.stage === stage)
    .map((schedule) => {
      const target = resolve(schedule, at(schedule.Properties, 'Target', 'Arn'));
      const { ScheduleExpression, ScheduleExpressionTimezone, State } = schedule.Properties;
      expect(State).toBe('ENABLED');
      return [target && entryOf(target), ScheduleExpression, ScheduleExpressionTimezone];
    });

  expect(scheduled.sort()).toEqual(listed.sort());
});

/** Finds the job of the catalog that a schedule starts. */
function jobOf(schedule: Resource): Job {
  const target = resolve(schedule, at(schedule.Properties, 'Target', 'Arn'));
  const job = jobs.find((candidate) => target && entryOf(target) === jobEntry(candidate));
  if (job === undefined) throw new Error(`${schedule.id} starts no job of the catalog.`);
  return job;
}

test.each(schedules)(
  '$stack: $id retries within the limit of its job, and keeps a lost run unless the next does it',
  (schedule) => {
    const queue = resolve(schedule, at(schedule.Properties, 'Target', 'DeadLetterConfig', 'Arn'));

    expect(queue?.Type).toBe(runsAgainSoon(jobOf(schedule)) ? undefined : 'AWS::SQS::Queue');
    expect(at(schedule.Properties, 'Target', 'RetryPolicy')).toEqual({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: jobOf(schedule).maxEventAgeSeconds,
    });
    expect(schedule.Properties['FlexibleTimeWindow']).toEqual({ Mode: 'OFF' });
  },
);

test.each(schedules)(
  '$stack: a run of $id that fails every attempt goes to a queue, unless the next run does it',
  (schedule) => {
    const job = resolve(schedule, at(schedule.Properties, 'Target', 'Arn'));
    const config = invokeConfigs.find(
      (candidate) => resolve(candidate, candidate.Properties['FunctionName']) === job,
    );
    const destination =
      config &&
      resolve(config, at(config.Properties, 'DestinationConfig', 'OnFailure', 'Destination'));

    const { maxEventAgeSeconds } = jobOf(schedule);
    const retries = Number(config?.Properties['MaximumRetryAttempts']);

    expect(destination?.Type).toBe(runsAgainSoon(jobOf(schedule)) ? undefined : 'AWS::SQS::Queue');
    expect(config?.Properties['MaximumEventAgeInSeconds']).toBe(maxEventAgeSeconds);
    expect(retries).toBe(retryAttempts(jobOf(schedule)));
    // Lambda drops a run that is too old at the time of a retry: after one minute, then two.
    expect([0, 60, 180][retries]).toBeLessThan(maxEventAgeSeconds);
  },
);

test.each(schedules)(
  '$stack: $id passes the scheduled time to the job, which identifies a repeated start',
  (schedule) => {
    expect(JSON.parse(String(at(schedule.Properties, 'Target', 'Input')))).toEqual({
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
      scheduledAt: '<aws.scheduler.scheduled-time>',
    });
  },
);

test.each(schedules)(
  '$stack: only Scheduler may assume the role of $id, for schedules of this stage',
  (schedule) => {
    const role = resolve(schedule, at(schedule.Properties, 'Target', 'RoleArn'));
    const statement = at(role, 'Properties', 'AssumeRolePolicyDocument', 'Statement', 0);

    expect(at(statement, 'Principal')).toEqual({ Service: 'scheduler.amazonaws.com' });
    expect(at(statement, 'Condition', 'StringEquals', 'aws:SourceAccount')).toEqual({
      Ref: 'AWS::AccountId',
    });
    expect(
      role && resolve(role, at(statement, 'Condition', 'StringEquals', 'aws:SourceArn'))?.Type,
    ).toBe('AWS::Scheduler::ScheduleGroup');
  },
);

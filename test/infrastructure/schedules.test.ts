import { expect, test } from '@jest/globals';
import { type Job, jobEntry, jobs } from '../../lambdas/catalog/jobs.ts';
import { at, entryOf, resolve } from './support/references.ts';
import { every, type Resource, stages } from './support/stages.ts';

const schedules = every('AWS::Scheduler::Schedule');
const invokeConfigs = every('AWS::Lambda::EventInvokeConfig');

test.each(stages)('the schedules of $stage are those of the list of jobs', (stage) => {
  const listed = jobs.map((job: Job) => [jobEntry(job), job.schedule, job.timezone ?? 'Etc/UTC']);
  const scheduled = schedules
    .filter((one) => one.stage === stage)
    .map((one) => {
      const runs = resolve(one, at(one.Properties, 'Target', 'Arn'));
      const { ScheduleExpression, ScheduleExpressionTimezone, State } = one.Properties;
      expect(State).toBe('ENABLED');
      return [runs && entryOf(runs), ScheduleExpression, ScheduleExpressionTimezone];
    });

  expect(scheduled.sort()).toEqual(listed.sort());
});

/** As the list of jobs has it. */
function jobOf(schedule: Resource): Job {
  const runs = resolve(schedule, at(schedule.Properties, 'Target', 'Arn'));
  const job = jobs.find((one) => runs && entryOf(runs) === jobEntry(one));
  if (job === undefined) throw new Error(`${schedule.id} runs no job of the list.`);
  return job;
}

test.each(schedules)(
  '$stack: $id tries twice more in the time that its job states, and keeps a run that it could not start',
  (schedule) => {
    const kept = resolve(schedule, at(schedule.Properties, 'Target', 'DeadLetterConfig', 'Arn'));

    expect(kept?.Type).toBe('AWS::SQS::Queue');
    expect(at(schedule.Properties, 'Target', 'RetryPolicy')).toEqual({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: jobOf(schedule).maxEventAgeSeconds,
    });
    expect(schedule.Properties['FlexibleTimeWindow']).toEqual({ Mode: 'OFF' });
  },
);

test.each(schedules)(
  '$stack: a run of $id that fails every attempt goes to an on-failure destination',
  (schedule) => {
    const job = resolve(schedule, at(schedule.Properties, 'Target', 'Arn'));
    const config = invokeConfigs.find(
      (one) => resolve(one, one.Properties['FunctionName']) === job,
    );
    const destination =
      config &&
      resolve(config, at(config.Properties, 'DestinationConfig', 'OnFailure', 'Destination'));

    expect(destination?.Type).toBe('AWS::SQS::Queue');
    expect(config?.Properties['MaximumRetryAttempts']).toBe(2);
    expect(config?.Properties['MaximumEventAgeInSeconds']).toBe(jobOf(schedule).maxEventAgeSeconds);
  },
);

test.each(schedules)(
  '$stack: $id tells the job when it was due, by which a second start is known',
  (schedule) => {
    expect(JSON.parse(String(at(schedule.Properties, 'Target', 'Input')))).toEqual({
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
      scheduledAt: '<aws.scheduler.scheduled-time>',
    });
  },
);

test.each(schedules)(
  '$stack: nobody but Scheduler, for the schedules of this stage, may start $id',
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

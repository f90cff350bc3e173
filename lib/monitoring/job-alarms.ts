import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type Job, runsAgainSoon } from '../../lambdas/catalog/job.ts';
import type { ScheduledJob } from '../scheduled-job.ts';
import { AlarmGroup, wholeMinutes } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { emptyQueue, failingWithoutData, healthyWithoutData } from './missing-data.ts';
import { serviceMetric, total } from './service-metric.ts';

const FIVE_MINUTES = Duration.minutes(5);
const HALF_HOUR = Duration.minutes(30);

/**
 * CloudWatch evaluates at most one day if the period is shorter than an hour, otherwise seven days.
 * A weekly job that may be late fits neither.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const LONGEST_WINDOW_SECONDS = 86_400;

const HOURS_OF_A_WEEK = 168;

/** Creates the alarms of each job: it is overdue, it fails, a run was lost. */
export function jobAlarms(
  scope: Construct,
  jobs: ReadonlyMap<string, ScheduledJob>,
  { config, onCall }: AlarmsProps,
): AlarmGroup {
  const group = new AlarmGroup(scope, 'Jobs', { name: 'jobs', config, topic: onCall.topic });
  const newStage = addNewStageAlarm(group, [...jobs.values()]);
  for (const scheduled of jobs.values()) addJobAlarms(group, scheduled, config.stage, newStage);
  group.addPage();
  return group;
}

/**
 * Adds the alarm that is on while a stage is younger than the longest time after which a job counts
 * as overdue. CloudWatch stores no age of a stage, so the alarm counts the hours of the last week
 * in which jobs ran.
 */
function addNewStageAlarm(group: AlarmGroup, jobs: readonly ScheduledJob[]): Alarm {
  const frequent = jobs.filter(({ job }) => runsAgainSoon(job));
  const overdueAfter = jobs
    .map(({ job }) => job.overdueAfterSeconds)
    .filter((seconds) => seconds <= LONGEST_WINDOW_SECONDS);
  // A stage of n hours has runs in at most n + 1 hours.
  const hours = Math.ceil(Math.max(...overdueAfter) / 3_600) + 1;
  return group.addAlarm({
    section: 'new-stage',
    description:
      `Jobs ran in fewer than ${hours} hours of the last week: the stage is new, or none runs. ` +
      'Meanwhile no job-missing alarm pages, because a job may not have been due.',
    metric: total(
      'Runs of frequent jobs',
      Duration.hours(1),
      ...frequent.map(({ function: { lambda } }) => lambda.metricInvocations()),
    ),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: HOURS_OF_A_WEEK,
    datapointsToAlarm: HOURS_OF_A_WEEK - hours + 1,
    ...healthyWithoutData('none is missing, because the expression counts an empty hour as 0.'),
    paging: false,
  });
}

function addJobAlarms(
  group: AlarmGroup,
  { job, function: { lambda }, missedRuns }: ScheduledJob,
  stage: string,
  newStage: Alarm,
): void {
  const subject = job.name;
  addOverdueAlarm(group, job, stage, newStage);
  group.addAlarm({
    section: 'job-failing',
    subject,
    description:
      `Three attempts of the job ${subject} failed. ` +
      'Its work is not done, and the next run may fail in the same way.',
    metric: lambda.metricErrors({ period: durationOfAttempts(job) }),
    threshold: 2,
    ...healthyWithoutData('the job does not run, which has an alarm of its own.'),
  });
  if (missedRuns === undefined) return;
  group.addAlarm({
    section: 'missed-runs',
    subject,
    description:
      `A run of the job ${subject} could not start, or failed every attempt. ` +
      'AWS does not retry that run again.',
    metric: missedRuns.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES }),
    threshold: 0,
    ...emptyQueue,
  });
}

/**
 * Adds the alarm on a job that does not succeed. FILL makes a period without data count at once;
 * treating missing data as breaching would wait until no older datapoint is in the evaluation
 * range, which takes hours.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
function addOverdueAlarm(group: AlarmGroup, job: Job, stage: string, newStage: Alarm): void {
  const overdue = {
    section: 'job-missing',
    subject: job.name,
    description:
      `The job ${job.name} (${job.schedule}) has not succeeded for too long. ` +
      'Its work is not being done.',
    pagesWhileOk: newStage,
  };
  if (job.overdueAfterSeconds <= LONGEST_WINDOW_SECONDS) {
    group.addAlarm({
      ...overdue,
      metric: successes(job, stage),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      ...failingWithoutData('the job did not run at all.'),
    });
    return;
  }
  group.addAlarm({
    ...overdue,
    metric: overdueSeconds(job, stage),
    threshold: 0,
    ...failingWithoutData(
      'report-backlog does not run, so nothing measures whether this job runs.',
    ),
  });
}

function successes({ name, overdueAfterSeconds }: Job, stage: string): IMetric {
  return new MathExpression({
    label: `Successes of ${name}`,
    expression: 'FILL(succeeded, 0)',
    usingMetrics: { succeeded: serviceMetric(stage, 'jobs', 'JobSucceeded', { job: name }) },
    period: wholeMinutes(overdueAfterSeconds),
  });
}

/**
 * Returns by how much a job is overdue. CloudWatch cannot evaluate the window of a weekly job, so
 * report-backlog reads the last success from Postgres. Without its report the job counts as
 * overdue.
 */
function overdueSeconds({ name }: Job, stage: string): IMetric {
  const overdue = serviceMetric(
    stage,
    'overdue-jobs',
    'OverdueSeconds',
    { job: name },
    Stats.MAXIMUM,
  );
  return new MathExpression({
    label: `Delay of ${name}, s`,
    expression: 'FILL(overdue, 1)',
    usingMetrics: { overdue },
    period: HALF_HOUR,
  });
}

/**
 * Adds up three attempts, Lambda's pauses of one and two minutes between them, and 5 minutes of
 * grace.
 */
function durationOfAttempts({ timeoutSeconds }: Job): Duration {
  return wholeMinutes(3 * timeoutSeconds + 180 + 300);
}

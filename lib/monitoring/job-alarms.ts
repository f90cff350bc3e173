import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Job } from '../../lambdas/catalog/jobs.ts';
import type { ScheduledJob } from '../scheduled-job.ts';
import { AlarmGroup, wholeMinutes } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { emptyQueue, failingWithoutData, healthyWithoutData } from './missing-data.ts';
import { serviceMetric } from './service-metric.ts';

const FIVE_MINUTES = Duration.minutes(5);
const HALF_HOUR = Duration.minutes(30);

/**
 * CloudWatch evaluates at most one day if the period is shorter than an hour, otherwise seven days.
 * A weekly job that may be late fits neither.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const LONGEST_WINDOW_SECONDS = 86_400;

/** Creates three alarms for each job: it is overdue, it fails, a run was lost. */
export function jobAlarms(
  scope: Construct,
  jobs: ReadonlyMap<string, ScheduledJob>,
  { config, onCall }: AlarmsProps,
): AlarmGroup {
  const group = new AlarmGroup(scope, 'Jobs', { name: 'jobs', config, topic: onCall.topic });
  for (const scheduled of jobs.values()) addJobAlarms(group, scheduled, config.stage);
  group.addPage();
  return group;
}

function addJobAlarms(
  group: AlarmGroup,
  { job, function: { lambda }, missedRuns }: ScheduledJob,
  stage: string,
): void {
  const subject = job.name;
  addOverdueAlarm(group, job, stage);
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

function addOverdueAlarm(group: AlarmGroup, job: Job, stage: string): void {
  const overdue = {
    section: 'job-missing',
    subject: job.name,
    description:
      `The job ${job.name} (${job.schedule}) has not succeeded for too long. ` +
      'Its work is not being done.',
  };
  if (job.overdueAfterSeconds <= LONGEST_WINDOW_SECONDS) {
    group.addAlarm({
      ...overdue,
      metric: serviceMetric(stage, 'jobs', 'JobSucceeded', { job: job.name }).with({
        period: wholeMinutes(job.overdueAfterSeconds),
      }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      ...failingWithoutData('the job did not run at all.'),
    });
    return;
  }
  // CloudWatch cannot evaluate such a long window, so report-backlog reads the last success from
  // Postgres.
  const overdueSeconds = serviceMetric(
    stage,
    'overdue-jobs',
    'OverdueSeconds',
    { job: job.name },
    Stats.MAXIMUM,
  );
  group.addAlarm({
    ...overdue,
    metric: overdueSeconds.with({ period: HALF_HOUR }),
    threshold: 0,
    ...failingWithoutData(
      'report-backlog does not run, so nothing measures whether this job runs.',
    ),
  });
}

/**
 * Adds up three attempts, Lambda's pauses of one and two minutes between them, and 5 minutes of
 * grace.
 */
function durationOfAttempts({ timeoutSeconds }: Job): Duration {
  return wholeMinutes(3 * timeoutSeconds + 180 + 300);
}

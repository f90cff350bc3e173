import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Job } from '../../lambdas/catalog/jobs.ts';
import type { ScheduledJob } from '../scheduled-job.ts';
import { AlarmGroup, wholeMinutes } from './alarm-group.ts';
import type { AlarmsProps } from './alarms-props.ts';
import { ownMetric } from './service-metric.ts';

const FIVE_MINUTES = Duration.minutes(5);
const HALF_HOUR = Duration.minutes(30);

// CloudWatch looks back a day where periods are shorter than an hour, and seven days otherwise: a weekly job that may be
// late fits neither. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
const LONGEST_WINDOW_SECONDS = 86_400;

/** Each job is missed when it does not succeed in time, and heard when it fails. */
export function jobAlarms(
  scope: Construct,
  jobs: ReadonlyMap<string, ScheduledJob>,
  { config, onCall }: AlarmsProps,
) {
  const group = new AlarmGroup(scope, 'Jobs', { name: 'jobs', config, topic: onCall.topic });
  for (const scheduled of jobs.values()) watchJob(group, scheduled, config.stage);
  group.page();
  return group;
}

function watchJob(
  group: AlarmGroup,
  { job, function: { lambda }, missedRuns }: ScheduledJob,
  stage: string,
): void {
  const subject = job.name;
  watchForAbsence(group, job, stage);
  group.watch({
    section: 'job-failing',
    subject,
    costs: `Three attempts of the job ${subject} failed: its work waits, and the next run may fail in the same way.`,
    metric: lambda.metricErrors({ period: attemptsTake(job) }),
    most: 2,
    noData: { fine: 'it does not run, which has an alarm of its own.' },
  });
  group.watch({
    section: 'missed-runs',
    subject,
    costs: `A run of the job ${subject} could not be started, or failed every attempt, and nothing will try it again.`,
    metric: missedRuns.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES }),
    most: 0,
    noData: { fine: 'the queue is empty, SQS reports only what it holds.' },
  });
}

function watchForAbsence(group: AlarmGroup, job: Job, stage: string): void {
  const base = {
    section: 'job-missing',
    subject: job.name,
    costs: `The job ${job.name} (${job.schedule}) has not succeeded for too long: what it does is not being done.`,
  };
  if (job.overdueAfterSeconds <= LONGEST_WINDOW_SECONDS)
    group.watch({
      ...base,
      metric: ownMetric(stage, 'jobs', 'JobSucceeded', { job: job.name }).with({
        period: wholeMinutes(job.overdueAfterSeconds),
      }),
      least: 1,
      noData: { wrong: 'it did not run at all.' },
    });
  else
    group.watch({
      ...base,
      // CloudWatch cannot look back as far, so report-backlog asks Postgres.
      metric: ownMetric(
        stage,
        'overdue-jobs',
        'OverdueSeconds',
        { job: job.name },
        Stats.MAXIMUM,
      ).with({
        period: HALF_HOUR,
      }),
      most: 0,
      noData: { wrong: 'nobody measures whether it runs, as report-backlog does not.' },
    });
}

/** Three attempts, the one and two minutes that Lambda waits between them, and some more. */
function attemptsTake({ timeoutSeconds }: Job): Duration {
  return wholeMinutes(3 * timeoutSeconds + 180 + 300);
}

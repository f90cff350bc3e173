import { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { type Job, jobEntry, jobs } from '../lambdas/catalog/jobs.ts';
import type { Provider } from '../lambdas/catalog/providers.ts';
import type { StageConfig } from './config.ts';
import type { EvidenceBucket } from './evidence-bucket.ts';
import { pascalCase } from './names.ts';
import { NodeFunction } from './node-function.ts';
import type { SecretReference } from './operator-managed-secret.ts';
import { DeadLetterQueue, type RedrivableQueue } from './redrivable-queue.ts';

export interface ScheduledJobsProps {
  readonly config: StageConfig;
  readonly databaseSecret: SecretReference;
  readonly bus: EventBus;
  readonly evidence: EvidenceBucket;
  /** By provider. */
  readonly signingSecrets: ReadonlyMap<Provider, SecretReference>;
  /** By the provider's name, and that of requests to mail a notification. */
  readonly redrivable: ReadonlyMap<string, RedrivableQueue>;
}

/** Everything that runs by the clock. */
export class ScheduledJobs extends Construct {
  /** By the job's name. */
  readonly jobs: ReadonlyMap<string, ScheduledJob>;
  readonly functions: ReadonlyMap<string, NodeFunction>;

  constructor(scope: Construct, id: string, props: ScheduledJobsProps) {
    super(scope, id);
    const schedules = new ScheduleGroup(this, 'Schedules', {
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.jobs = new Map(
      jobs.map((job) => [
        job.name,
        new ScheduledJob(this, pascalCase(job.name), { ...props, job, schedules }),
      ]),
    );
    this.functions = new Map([...this.jobs].map(([name, scheduled]) => [name, scheduled.function]));
  }
}

export interface ScheduledJobProps extends ScheduledJobsProps {
  readonly job: Job;
  readonly schedules: ScheduleGroup;
}

/** A run that could not start, or failed every attempt, is in `missedRuns`. Runs may overlap and may be repeated. */
export class ScheduledJob extends Construct {
  readonly job: Job;
  readonly function: NodeFunction;
  readonly missedRuns: DeadLetterQueue;

  constructor(
    scope: Construct,
    id: string,
    {
      job,
      schedules,
      config,
      databaseSecret,
      bus,
      evidence,
      signingSecrets,
      redrivable,
    }: ScheduledJobProps,
  ) {
    super(scope, id);
    this.job = job;
    const maxEventAge = Duration.seconds(job.maxEventAgeSeconds);
    this.missedRuns = new DeadLetterQueue(this, 'MissedRuns');
    this.function = new NodeFunction(this, 'Job', {
      entry: jobEntry(job),
      description: `Job ${job.name}, ${job.schedule}`,
      timeout: Duration.seconds(job.timeoutSeconds),
      config,
    });
    this.function.grantSecretRead('DATABASE_SECRET_ID', databaseSecret);
    this.function.bindSettings(job.settings);
    if (job.redrives) this.function.grantRedrive('DELIVERY_QUEUES', redrivable);
    if (job.writesEvidence) this.function.grantWriteEvidence('EVIDENCE_BUCKET', evidence);
    if (job.listsSecretVersions)
      this.function.grantListSecretVersions('WATCHED_SECRETS', signingSecrets);
    if (job.publishes) this.function.grantPutEvents('EVENT_BUS_NAME', bus);

    // Scheduler hands a run over to Lambda's own queue and is done: a run that fails there is Lambda's to repeat.
    this.function.lambda.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge,
      onFailure: new SqsDestination(this.missedRuns),
    });
    this.#schedule(job, schedules, maxEventAge);
  }

  #schedule(
    { name, schedule, timezone }: Job,
    scheduleGroup: ScheduleGroup,
    maxEventAge: Duration,
  ): void {
    const { functionArn } = this.function.lambda;
    const role = this.#schedulerRole(scheduleGroup);
    const runs = new Schedule(this, 'Schedule', {
      description: `Runs ${name}`,
      scheduleGroup,
      schedule: ScheduleExpression.expression(
        schedule,
        timezone ? TimeZone.of(timezone) : TimeZone.ETC_UTC,
      ),
      // CDK's own target for Lambda also allows every version of the function, by a wildcard.
      target: {
        bind: () => ({
          arn: functionArn,
          role,
          input: ScheduleTargetInput.fromObject({ scheduledAt: ContextAttribute.scheduledTime }),
          retryPolicy: {
            maximumRetryAttempts: 2,
            maximumEventAgeInSeconds: maxEventAge.toSeconds(),
          },
          deadLetterConfig: { arn: this.missedRuns.queueArn },
        }),
      },
    });
    // It names the group by a literal, and may run before the role has its permissions.
    runs.node.addDependency(scheduleGroup, role);
  }

  #schedulerRole({ scheduleGroupArn }: ScheduleGroup): Role {
    const { account } = this.missedRuns.env;
    const role = new Role(this, 'SchedulerRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': scheduleGroupArn },
        },
      }),
    });
    const allow = (action: string, arn: string) =>
      role.addToPolicy(new PolicyStatement({ actions: [action], resources: [arn] }));
    allow('lambda:InvokeFunction', this.function.lambda.functionArn);
    allow('sqs:SendMessage', this.missedRuns.queueArn);
    return role;
  }
}

import { Duration, RemovalPolicy, Stack, TimeZone, Validations } from 'aws-cdk-lib';
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
import { type Job, jobEntry, retryAttempts, runsAgainSoon } from '../lambdas/catalog/job.ts';
import { jobs } from '../lambdas/catalog/jobs.ts';
import type { Provider } from '../lambdas/catalog/providers.ts';
import { webhooksKeyVariable } from '../lambdas/providers/registry.ts';
import type { StageConfig } from './config.ts';
import { EvidenceBucket } from './evidence/evidence-bucket.ts';
import { type EvidenceKey, evidenceSigners, signerRoleName } from './evidence/evidence-key.ts';
import { pdfFonts } from './evidence/pdf-fonts.ts';
import { pascalCase } from './names.ts';
import { NodeFunction } from './node-function.ts';
import type { RotatedSecrets } from './operations-api.ts';
import { DeadLetterQueue, type RedrivableQueue } from './redrivable-queue.ts';
import type { SecretReference } from './secrets/operator-managed-secret.ts';
import type { WebhookApi } from './webhook-api.ts';

export interface ScheduledJobsProps {
  readonly config: StageConfig;
  readonly databaseSecret: SecretReference;
  readonly bus: EventBus;
  readonly evidence: EvidenceBucket;
  readonly evidenceKey: EvidenceKey;
  readonly secrets: RotatedSecrets;
  readonly api: WebhookApi;
  readonly deliveries: ReadonlyMap<Provider, RedrivableQueue>;
  /** Queues that the retry job redrives: one per provider, and the queue of mail requests. */
  readonly redrivable: ReadonlyMap<string, RedrivableQueue>;
}

/** Creates a function and a schedule for each job of the catalog. */
export class ScheduledJobs extends Construct {
  /** Jobs by name. */
  readonly jobs: ReadonlyMap<string, ScheduledJob>;
  /** Functions of the jobs, by name of the job. */
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

type ProviderAccess = Pick<ScheduledJobsProps, 'secrets' | 'deliveries' | 'api'>;

/** Runs one job on its schedule. Runs may overlap and may be repeated. */
export class ScheduledJob extends Construct {
  readonly job: Job;
  readonly function: NodeFunction;
  /**
   * Runs that could not start or failed every attempt. A job that runs again soon has no such
   * queue: its next run does the work, and the queue would page until somebody empties it.
   */
  readonly missedRuns: DeadLetterQueue | undefined;

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
      evidenceKey,
      redrivable,
      ...props
    }: ScheduledJobProps,
  ) {
    super(scope, id);
    const { secrets } = props;
    this.job = job;
    const maxEventAge = Duration.seconds(job.maxEventAgeSeconds);
    this.missedRuns = runsAgainSoon(job) ? undefined : new DeadLetterQueue(this, 'MissedRuns');
    this.function = new NodeFunction(this, 'Job', {
      entry: jobEntry(job),
      description: `Runs the job ${job.name}, ${job.schedule}`,
      timeout: Duration.seconds(job.timeoutSeconds),
      config,
      ...(evidenceSigners.includes(job.name)
        ? { roleName: signerRoleName(config.stage, job.name) }
        : {}),
      ...(job.writesEvidence ? { commandHooks: pdfFonts } : {}),
    });
    this.function.grantSecretRead('DATABASE_SECRET_ID', databaseSecret);
    this.function.bindSettings(job.settings);
    if (job.redrives) this.function.grantRedrive('DELIVERY_QUEUES', redrivable);
    if (job.writesEvidence)
      this.function.grantWriteEvidence('EVIDENCE_BUCKET', evidence, EvidenceBucket.reportKeys);
    if (job.signsAuditLog)
      this.function.grantWriteEvidence('AUDIT_BUCKET', evidence, EvidenceBucket.auditKeys);
    if (evidenceSigners.includes(job.name))
      this.function.grantSignEvidence('EVIDENCE_SIGNING_KEY_ID', evidenceKey);
    if (job.listsSecretVersions)
      this.function.grantListSecretVersions('WATCHED_SECRETS', secrets.signing);
    if (job.readsWebhooksKey) this.#grantWebhooksKey(job, secrets);
    if (job.reconciles) this.#grantReconciliation(props);
    if (job.checksEndpoints) this.#grantEndpoints(props);
    if (job.publishes) this.function.grantPutEvents('EVENT_BUS_NAME', bus);

    this.#retryRuns(job, maxEventAge);
    this.#schedule(job, schedules, maxEventAge);
  }

  /** Scheduler only puts a run into Lambda's own queue, so Lambda retries a run that fails. */
  #retryRuns(job: Job, maxEventAge: Duration): void {
    this.function.lambda.configureAsyncInvoke({
      retryAttempts: retryAttempts(job),
      maxEventAge,
      ...(this.missedRuns ? { onFailure: new SqsDestination(this.missedRuns) } : {}),
    });
    if (this.missedRuns) return;
    Validations.of(this.function).acknowledge({
      id: 'Serverless-LambdaAsyncFailureDestination',
      reason:
        'The job runs again within five minutes and then does the work of the failed run. Alarms ' +
        'on failed attempts and on a missing success report a job that keeps failing.',
    });
  }

  #grantWebhooksKey({ name, folder }: Job, { webhookKeys }: RotatedSecrets): void {
    const [provider, key] = [...webhookKeys].find(([one]) => folder.endsWith(`/${one}`)) ?? [];
    if (provider === undefined || key === undefined)
      throw new Error(`The folder of the job ${name} names no provider with a webhooks key.`);
    this.function.grantSecretRead(webhooksKeyVariable(provider), key);
  }

  /** Grants reading the records of each provider that offers them, and sending to its queue. */
  #grantReconciliation({ secrets, deliveries, api }: ProviderAccess): void {
    const { reconciliationKeys: keys } = secrets;
    const queues = [...deliveries].filter(([provider]) => keys.has(provider));
    this.function.grantSecretsRead('RECONCILIATION_KEYS', keys);
    this.function.grantSendToEach(
      'RECOVERY_QUEUES',
      new Map(queues.map(([provider, { queue }]) => [provider, queue])),
    );
    this.function.lambda.addEnvironment('API_URL', api.url);
  }

  /** Grants reading the webhooks at each provider, and the ages of signing secrets. */
  #grantEndpoints({ secrets, api }: ProviderAccess): void {
    this.function.grantSecretsRead('WEBHOOKS_KEYS', secrets.webhookKeys);
    this.function.grantListSecretVersions('WATCHED_SECRETS', secrets.signing);
    this.function.lambda.addEnvironment('API_URL', api.url);
  }

  #schedule(
    { name, schedule, timezone }: Job,
    scheduleGroup: ScheduleGroup,
    maxEventAge: Duration,
  ): void {
    const { functionArn } = this.function.lambda;
    const role = this.#schedulerRole(scheduleGroup);
    const trigger = new Schedule(this, 'Schedule', {
      description: `Starts the job ${name}`,
      scheduleGroup,
      schedule: ScheduleExpression.expression(
        schedule,
        timezone ? TimeZone.of(timezone) : TimeZone.ETC_UTC,
      ),
      // CDK's target for Lambda would also grant every version of the function, by a wildcard.
      target: {
        bind: () => ({
          arn: functionArn,
          role,
          input: ScheduleTargetInput.fromObject({ scheduledAt: ContextAttribute.scheduledTime }),
          retryPolicy: {
            maximumRetryAttempts: 2,
            maximumEventAgeInSeconds: maxEventAge.toSeconds(),
          },
          ...(this.missedRuns ? { deadLetterConfig: { arn: this.missedRuns.queueArn } } : {}),
        }),
      },
    });
    // CDK writes the name of the group as a literal, so CloudFormation sees no dependency. Without
    // the role's policy a first run could fail.
    trigger.node.addDependency(scheduleGroup, role);
  }

  #schedulerRole({ scheduleGroupArn }: ScheduleGroup): Role {
    const { account } = Stack.of(this);
    const role = new Role(this, 'SchedulerRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': scheduleGroupArn },
        },
      }),
    });
    const grant = (action: string, arn: string) =>
      role.addToPolicy(new PolicyStatement({ actions: [action], resources: [arn] }));
    grant('lambda:InvokeFunction', this.function.lambda.functionArn);
    if (this.missedRuns) grant('sqs:SendMessage', this.missedRuns.queueArn);
    return role;
  }
}

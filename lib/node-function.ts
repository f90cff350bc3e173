import { join } from 'node:path';
import { type Duration, Stack, Validations } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { metricNamespace } from '../lambdas/catalog/metric-family.ts';
import type { Setting } from '../lambdas/catalog/settings.ts';
import { bundling } from './bundling.ts';
import type { StageConfig } from './config.ts';
import { attachToVpc } from './database/attach-to-vpc.ts';
import type { EvidenceBucket } from './evidence/evidence-bucket.ts';
import type { EvidenceKey } from './evidence/evidence-key.ts';
import { MaskedLogGroup } from './masked-log-group.ts';
import type { SecretReference } from './secrets/operator-managed-secret.ts';
import { settingValues } from './settings.ts';

const projectRoot = join(import.meta.dirname, '..');

export interface NodeFunctionProps {
  /** Path of the handler's file under lambdas/. */
  readonly entry: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly config: StageConfig;
  /** Maps stack traces to source lines, which adds some 50 ms to a cold start. @default true */
  readonly sourceMaps?: boolean;
  /** Name of the role, if a policy must name the role before it exists. */
  readonly roleName?: string;
  readonly commandHooks?: BundlingOptions['commandHooks'];
}

/** A queue and the dead-letter queue behind it. */
export interface QueueWithDeadLetters {
  readonly queue: IQueue;
  readonly deadLetters: IQueue;
}

/** Creates a function that may write to its own log. Each `grant…` method adds one permission. */
export class NodeFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly timeout: Duration;
  readonly #config: StageConfig;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const { entry, description, timeout, config, sourceMaps = true, roleName } = props;
    const logGroup = new MaskedLogGroup(this, 'Log', config);
    this.timeout = timeout;
    this.#config = config;
    this.lambda = new NodejsFunction(this, 'Function', {
      entry: join(projectRoot, 'lambdas', entry),
      description: `${description} (lambdas/${entry})`,
      timeout,
      // Lambda allocates CPU by memory: a cold start at 512 MB takes half the time of 256 MB and
      // costs the same.
      memorySize: 512,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // CDK's default role may write to every log group of the account.
      role: new Role(this, 'Role', {
        assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
        ...(roleName === undefined ? {} : { roleName }),
      }),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        METRICS_NAMESPACE: metricNamespace(config.stage),
        ...(sourceMaps ? { NODE_OPTIONS: '--enable-source-maps' } : {}),
      },
      projectRoot,
      depsLockFilePath: join(projectRoot, 'package-lock.json'),
      bundling: bundling(sourceMaps, props.commandHooks),
    });
    this.#grant(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
    acknowledge(this);
  }

  /** Sets one environment variable for each setting, with the value of the stage. */
  bindSettings(settings: readonly Setting[]): void {
    for (const setting of settings)
      this.lambda.addEnvironment(setting, settingValues[setting](this.#config));
  }

  /**
   * Sets the variable to the secret's name. Attaches the function to the secret's network, if any.
   */
  grantSecretRead(variable: string, { name, arn, network }: SecretReference): void {
    this.lambda.addEnvironment(variable, name);
    this.#grant(['secretsmanager:GetSecretValue'], arn);
    if (network) attachToVpc(this.lambda, network);
  }

  /** Sets the variable to a JSON object from each key of `secrets` to the secret's name. */
  grantSecretsRead(variable: string, secrets: ReadonlyMap<string, SecretReference>): void {
    this.#bindSecretNames(variable, secrets);
    for (const { arn } of secrets.values()) this.#grant(['secretsmanager:GetSecretValue'], arn);
  }

  /**
   * Grants reading the ages of secrets, not their values. Sets the variable to a JSON object from
   * each key of `secrets` to the secret's name.
   */
  grantListSecretVersions(variable: string, secrets: ReadonlyMap<string, SecretReference>): void {
    this.#bindSecretNames(variable, secrets);
    for (const { arn } of secrets.values())
      this.#grant(['secretsmanager:ListSecretVersionIds'], arn);
  }

  /**
   * Grants rotating secrets, and reading the metrics that show when the previous one can be
   * dropped. Sets the variable as `grantListSecretVersions` does.
   */
  grantRotateSecrets(variable: string, secrets: ReadonlyMap<string, SecretReference>): void {
    this.#bindSecretNames(variable, secrets);
    const actions = [
      'ListSecretVersionIds',
      'GetSecretValue',
      'PutSecretValue',
      'UpdateSecretVersionStage',
    ];
    for (const { arn } of secrets.values())
      this.#grant(
        actions.map((action) => `secretsmanager:${action}`),
        arn,
      );
    this.#grant(['cloudwatch:GetMetricData'], '*');
    if (this.lambda.role)
      Validations.of(this.lambda.role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason:
          'GetMetricData supports no resource and no condition key, so it can only be allowed ' +
          'for all metrics.',
      });
  }

  #bindSecretNames(variable: string, secrets: ReadonlyMap<string, SecretReference>): void {
    const names = Object.fromEntries([...secrets].map(([name, secret]) => [name, secret.name]));
    this.lambda.addEnvironment(variable, JSON.stringify(names));
  }

  /** Sets the variable to the queue's URL. */
  grantSendMessages(variable: string, queue: IQueue): void {
    this.lambda.addEnvironment(variable, queue.queueUrl);
    this.#grant(['sqs:SendMessage'], queue.queueArn);
  }

  /** Sets the variable to a JSON object from each key of `queues` to the queue's URL. */
  grantSendToEach(variable: string, queues: ReadonlyMap<string, IQueue>): void {
    const urls = Object.fromEntries([...queues].map(([name, { queueUrl }]) => [name, queueUrl]));
    this.lambda.addEnvironment(variable, Stack.of(this).toJsonString(urls));
    for (const { queueArn } of queues.values()) this.#grant(['sqs:SendMessage'], queueArn);
  }

  /**
   * Sets the variable to a JSON object from each key to the URLs of the queue and its dead letters.
   */
  grantRedrive(variable: string, queues: ReadonlyMap<string, QueueWithDeadLetters>): void {
    const urls = [...queues].map(([name, { queue, deadLetters }]) => [
      name,
      { deliveries: queue.queueUrl, deadLetters: deadLetters.queueUrl },
    ]);
    this.lambda.addEnvironment(variable, Stack.of(this).toJsonString(Object.fromEntries(urls)));
    for (const { queue, deadLetters } of queues.values()) {
      this.#grant(['sqs:SendMessage', 'sqs:GetQueueAttributes'], queue.queueArn);
      this.#grant(
        [
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:ChangeMessageVisibility',
          'sqs:GetQueueAttributes',
        ],
        deadLetters.queueArn,
      );
    }
  }

  /** Sets the variable to a JSON object from each key to the name of a function. */
  grantInvoke(variable: string, functions: ReadonlyMap<string, NodeFunction>): void {
    const names = [...functions].map(([name, { lambda }]) => [name, lambda.functionName]);
    this.lambda.addEnvironment(variable, Stack.of(this).toJsonString(Object.fromEntries(names)));
    for (const { lambda } of functions.values())
      this.#grant(['lambda:InvokeFunction'], lambda.functionArn);
  }

  /**
   * Grants writing these keys and what `grantReadEvidence` grants: a report contains the hash of
   * the previous one. No delete. Sets the variable to the bucket's name.
   */
  grantWriteEvidence(variable: string, evidence: EvidenceBucket, keys: readonly string[]): void {
    this.grantReadEvidence(variable, evidence, keys);
    for (const key of keys) this.#grant(['s3:PutObject'], evidence.bucket.arnForObjects(key));
  }

  /** Grants reading all versions of these keys. Sets the variable to the bucket's name. */
  grantReadEvidence(variable: string, { bucket }: EvidenceBucket, keys: readonly string[]): void {
    this.lambda.addEnvironment(variable, bucket.bucketName);
    for (const key of keys)
      this.#grant(['s3:GetObject', 's3:GetObjectVersion'], bucket.arnForObjects(key));
    // S3 answers 403 for a missing object to a caller without s3:ListBucket.
    this.#grant(['s3:ListBucket', 's3:ListBucketVersions'], bucket.bucketArn);
  }

  /**
   * Grants signing evidence; the key policy must name the function's role too. Sets the variable to
   * the key's ARN.
   */
  grantSignEvidence(variable: string, { key }: EvidenceKey): void {
    this.lambda.addEnvironment(variable, key.keyArn);
    this.#grant(['kms:Sign', 'kms:GetPublicKey'], key.keyArn);
  }

  /** Grants reading the public key that verifies evidence. Sets the variable to the key's ARN. */
  grantVerifyEvidence(variable: string, { key }: EvidenceKey): void {
    this.lambda.addEnvironment(variable, key.keyArn);
    this.#grant(['kms:GetPublicKey'], key.keyArn);
  }

  /** Sets the variable to the name of the bus, and the setting that limits the size of a call. */
  grantPutEvents(variable: string, bus: EventBus): void {
    this.bindSettings(['EVENT_BUS_CALL_BYTES']);
    this.lambda.addEnvironment(variable, bus.eventBusName);
    this.#grant(['events:PutEvents'], bus.eventBusArn);
  }

  #grant(actions: string[], resource: string): void {
    this.lambda.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));
  }
}

function acknowledge(scope: Construct): void {
  Validations.of(scope).acknowledge(
    {
      id: 'Serverless-LambdaTracing',
      reason:
        'X-Ray supports no resource ARN, so tracing would need a permission on "*". Log lines of ' +
        'all functions contain the trace id of API Gateway, which answers the same questions.',
    },
    {
      id: 'Serverless-LambdaDLQ',
      reason:
        'Only jobs are invoked asynchronously. They have an on-failure destination, which ' +
        'records the error as well; a dead-letter queue of Lambda would not.',
    },
  );
}

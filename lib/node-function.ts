import { join } from 'node:path';
import { type Duration, Stack, Validations } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import {
  type BundlingOptions,
  LogLevel,
  NodejsFunction,
  OutputFormat,
} from 'aws-cdk-lib/aws-lambda-nodejs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { metricNamespace } from '../lambdas/catalog/metrics.ts';
import type { Setting } from '../lambdas/catalog/settings.ts';
import type { StageConfig } from './config.ts';
import { attachToVpc } from './database/attach-to-vpc.ts';
import { EvidenceBucket } from './evidence-bucket.ts';
import { MaskedLogGroup } from './masked-log-group.ts';
import type { SecretReference } from './operator-managed-secret.ts';
import { settingValues } from './settings.ts';

const projectRoot = join(import.meta.dirname, '..');

export interface NodeFunctionProps {
  /** The handler's file, under lambdas/. */
  readonly entry: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly config: StageConfig;
  /** Stack traces name lines of our source; a cold start pays some 50 ms for it. @default true */
  readonly sourceMaps?: boolean;
  readonly commandHooks?: BundlingOptions['commandHooks'];
}

/** A queue and the dead-letter queue behind it. */
export interface QueueWithDeadLetters {
  readonly queue: IQueue;
  readonly deadLetters: IQueue;
}

/** A function that may write its own log and nothing else, until one of its methods names what else it works with. */
export class NodeFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly timeout: Duration;
  readonly #config: StageConfig;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const { entry, description, timeout, config, sourceMaps = true } = props;
    const logGroup = new MaskedLogGroup(this, 'Log', config);
    this.timeout = timeout;
    this.#config = config;
    this.lambda = new NodejsFunction(this, 'Function', {
      entry: join(projectRoot, 'lambdas', entry),
      description: `${description} (lambdas/${entry})`,
      timeout,
      // CPU comes with memory: at 512 MB a cold start takes half of what it takes at 256 MB, for the same price.
      memorySize: 512,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // The role that CDK would make may write to every log group of the account.
      role: new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
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
    this.#allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
    acknowledge(this);
  }

  /** Of the stage's settings. */
  bindSettings(settings: readonly Setting[]): void {
    for (const setting of settings)
      this.lambda.addEnvironment(setting, settingValues[setting](this.#config));
  }

  grantSecretRead(variable: string, { name, arn, network }: SecretReference): void {
    this.lambda.addEnvironment(variable, name);
    this.#allow(['secretsmanager:GetSecretValue'], arn);
    if (network) attachToVpc(this.lambda, network);
  }

  /** How old they are, and nothing of what they hold. The variable holds JSON: for each name that of its secret. */
  grantListSecretVersions(variable: string, secrets: ReadonlyMap<string, SecretReference>): void {
    this.#isToldOf(variable, secrets);
    for (const { arn } of secrets.values())
      this.#allow(['secretsmanager:ListSecretVersionIds'], arn);
  }

  /** Where the metrics show whether it may. The variable is as that of `grantListSecretVersions`. */
  grantRotateSecrets(variable: string, secrets: ReadonlyMap<string, SecretReference>): void {
    this.#isToldOf(variable, secrets);
    const actions = [
      'ListSecretVersionIds',
      'GetSecretValue',
      'PutSecretValue',
      'UpdateSecretVersionStage',
    ];
    for (const { arn } of secrets.values())
      this.#allow(
        actions.map((action) => `secretsmanager:${action}`),
        arn,
      );
    this.#allow(['cloudwatch:GetMetricData'], '*');
    if (this.lambda.role)
      Validations.of(this.lambda.role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason:
          'CloudWatch knows no resource and no condition for reading metrics: GetMetricData is allowed or it is not.',
      });
  }

  #isToldOf(variable: string, secrets: ReadonlyMap<string, SecretReference>): void {
    const names = Object.fromEntries([...secrets].map(([name, secret]) => [name, secret.name]));
    this.lambda.addEnvironment(variable, JSON.stringify(names));
  }

  grantSendMessages(variable: string, queue: IQueue): void {
    this.lambda.addEnvironment(variable, queue.queueUrl);
    this.#allow(['sqs:SendMessage'], queue.queueArn);
  }

  /** The variable holds JSON: for each name the URLs of the queue and of its dead letters. */
  grantRedrive(variable: string, queues: ReadonlyMap<string, QueueWithDeadLetters>): void {
    const urls = [...queues].map(([name, { queue, deadLetters }]) => [
      name,
      { deliveries: queue.queueUrl, deadLetters: deadLetters.queueUrl },
    ]);
    this.lambda.addEnvironment(variable, Stack.of(this).toJsonString(Object.fromEntries(urls)));
    for (const { queue, deadLetters } of queues.values()) {
      this.#allow(['sqs:SendMessage', 'sqs:GetQueueAttributes'], queue.queueArn);
      this.#allow(
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

  /** The variable holds JSON: for each name a function's own name. */
  grantInvoke(variable: string, functions: ReadonlyMap<string, NodeFunction>): void {
    const names = [...functions].map(([name, { lambda }]) => [name, lambda.functionName]);
    this.lambda.addEnvironment(variable, Stack.of(this).toJsonString(Object.fromEntries(names)));
    for (const { lambda } of functions.values())
      this.#allow(['lambda:InvokeFunction'], lambda.functionArn);
  }

  /** It may add versions, and neither read nor remove any. */
  grantWriteEvidence(variable: string, { bucket }: EvidenceBucket): void {
    this.lambda.addEnvironment(variable, bucket.bucketName);
    for (const key of EvidenceBucket.keys) this.#allow(['s3:PutObject'], bucket.arnForObjects(key));
  }

  grantReadEvidence(variable: string, { bucket }: EvidenceBucket): void {
    this.lambda.addEnvironment(variable, bucket.bucketName);
    for (const key of EvidenceBucket.keys)
      this.#allow(['s3:GetObject', 's3:GetObjectVersion'], bucket.arnForObjects(key));
  }

  grantPutEvents(variable: string, bus: EventBus): void {
    this.lambda.addEnvironment(variable, bus.eventBusName);
    this.#allow(['events:PutEvents'], bus.eventBusArn);
  }

  #allow(actions: string[], resource: string): void {
    this.lambda.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));
  }
}

function bundling(
  sourceMap: boolean,
  commandHooks: BundlingOptions['commandHooks'],
): BundlingOptions {
  return {
    format: OutputFormat.ESM,
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    sourceMap,
    sourcesContent: false,
    // What is deployed is what was tested, and nothing that the runtime brings along.
    bundleAwsSDK: true,
    // CommonJS packages such as pg call require, which an ES module does not have. Some bundled package may import
    // createRequire by its own name.
    banner:
      "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    logLevel: LogLevel.WARNING,
    define: { 'process.env.NODE_ENV': '"production"' },
    ...(commandHooks ? { commandHooks } : {}),
  };
}

function acknowledge(scope: Construct): void {
  Validations.of(scope).acknowledge(
    {
      id: 'Serverless-LambdaTracing',
      reason:
        'X-Ray takes no ARN, so tracing would need a permission on "*". Log lines of all functions carry the trace id ' +
        'of API Gateway, which answers the same questions.',
    },
    {
      id: 'Serverless-LambdaDLQ',
      reason:
        'No function but the jobs is invoked asynchronously, and those have an on-failure destination, which also ' +
        'records the error that a dead-letter queue of Lambda leaves out.',
    },
  );
}

import { ArnFormat, CfnOutput, Duration, Stack, Token, Validations } from 'aws-cdk-lib';
import { CustomWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  type OperatorPolicy,
  operatorPolicies,
  policyNames,
  policyOutput,
} from '../lambdas/catalog/operator-commands/operator-command.ts';
import {
  type CommandName,
  commandPath,
  commandPathsOf,
  operationsPath,
} from '../lambdas/catalog/operator-commands.ts';
import type { Provider } from '../lambdas/catalog/providers.ts';
import { webhooksKeyVariable } from '../lambdas/providers/registry.ts';
import type { StageConfig } from './config.ts';
import { EvidenceBucket } from './evidence/evidence-bucket.ts';
import type { EvidenceKey } from './evidence/evidence-key.ts';
import { pascalCase } from './names.ts';
import { NodeFunction } from './node-function.ts';
import type { RedrivableQueue } from './redrivable-queue.ts';
import type { SecretReference } from './secrets/operator-managed-secret.ts';
import type { WebhookApi } from './webhook-api.ts';

export interface OperationsApiProps {
  readonly config: StageConfig;
  readonly api: WebhookApi;
  readonly databaseSecret: SecretReference;
  readonly evidence: EvidenceBucket;
  readonly evidenceKey: EvidenceKey;
  readonly deliveries: ReadonlyMap<Provider, RedrivableQueue>;
  readonly jobs: ReadonlyMap<string, NodeFunction>;
  readonly secrets: RotatedSecrets;
  readonly generatedSecrets: GeneratedSecrets;
}

/** Secrets that the rotation command uses, by provider. */
export interface RotatedSecrets {
  readonly signing: ReadonlyMap<Provider, SecretReference>;
  /** API keys with which the command manages the webhooks of a provider. */
  readonly webhookKeys: ReadonlyMap<Provider, SecretReference>;
  /** API keys with which the job reconcile reads the records of a provider. */
  readonly reconciliationKeys: ReadonlyMap<Provider, SecretReference>;
}

/** Secrets that AWS generated, by the part of the system that uses them. */
export type GeneratedSecrets = ReadonlyMap<string, SecretReference>;

/**
 * Gives operators commands on events, queues, jobs and secrets without access to those resources.
 */
export class OperationsApi extends Construct {
  readonly #widget: NodeFunction;

  constructor(scope: Construct, id: string, props: OperationsApiProps) {
    super(scope, id);
    const { config, api } = props;
    const operations = this.#operationsFunction(props);
    const policies = new Map(policyNames.map((name) => [name, this.#policy(name, config)]));
    api.addSignedRoutes(
      operationsPath,
      new Map([...policies].map(([name, policy]) => [policy, commandPathsOf(name)])),
      operations,
    );
    const replay = this.#replayWidget(props);
    this.#widget = this.#eventsWidget(props, replay);
    // The function records what the widget does as done by an unverified dashboard.
    operations.lambda.addEnvironment('DASHBOARD_ROLE', replay.lambda.role?.roleName ?? '');
    // CloudWatch invokes a widget's function with the permissions of the person at the dashboard.
    const widgets = new Map<OperatorPolicy, NodeFunction>([
      ['look', this.#widget],
      ['operate', replay],
    ]);
    for (const [name, { lambda }] of widgets)
      policies.get(name)?.addStatements(
        new PolicyStatement({
          actions: ['lambda:InvokeFunction'],
          resources: [lambda.functionArn],
        }),
      );
  }

  #eventsWidget({ config, api }: OperationsApiProps, replay: NodeFunction): NodeFunction {
    const widget = new NodeFunction(this, 'EventsWidget', {
      entry: 'operations/events-widget.handler.ts',
      description: 'Shows failed and exhausted events on the dashboard',
      // The widget waits for at most two parallel calls of the operations function.
      timeout: Duration.seconds(29),
      config,
    });
    widget.bindSettings(['STAGE']);
    api.grantPost(widget, 'OPERATOR_COMMANDS', pathsOf(['events list', 'events show']));
    widget.lambda.addEnvironment('REPLAY_WIDGET_ARN', replay.lambda.functionArn);
    return widget;
  }

  /** Creates the function behind the replay button, so that people who only look cannot replay. */
  #replayWidget({ config, api }: OperationsApiProps): NodeFunction {
    const widget = new NodeFunction(this, 'ReplayWidget', {
      entry: 'operations/replay-widget.handler.ts',
      description: 'Replays an event from the dashboard',
      timeout: Duration.seconds(29),
      config,
    });
    api.grantPost(widget, 'OPERATOR_COMMANDS', pathsOf(['events replay']));
    return widget;
  }

  /** Lets operators draw the console's charts with their own identity. */
  #allowCharts(policy: ManagedPolicy): void {
    policy.addStatements(
      new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }),
    );
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'GetMetricData supports no resource and no condition key, so it can only be allowed for ' +
        'all metrics.',
    });
  }

  #policy(name: OperatorPolicy, { stage }: StageConfig): ManagedPolicy {
    // New ids and descriptions replace a policy, and operators would have to attach it again.
    const isFirst = name === 'operate';
    const policy = new ManagedPolicy(this, isFirst ? 'Operators' : `Operators${pascalCase(name)}`, {
      description: isFirst
        ? `Commands of operators of the webhooks of ${stage}`
        : `Commands of operators of the webhooks of ${stage}: ${name}`,
    });
    this.#allowReadOutputs(policy);
    if (name === 'look') this.#allowReadLogs(policy);
    const output = new CfnOutput(this, policyOutput(name), {
      value: policy.managedPolicyArn,
      description: `Attach this policy to operators who ${operatorPolicies[name]}`,
    });
    // The documentation names the output, so its name must not depend on the construct tree.
    output.overrideLogicalId(policyOutput(name));
    if (name === 'look') this.#allowCharts(policy);
    return policy;
  }

  /** Allows the command line to find the API, by the output ApiUrl of the stack. */
  #allowReadOutputs(policy: ManagedPolicy): void {
    const { stackName, account } = Stack.of(this);
    // CloudFormation adds a random id to the ARN of a stack.
    const resourceName = `${stackName}/*`;
    const arn = Stack.of(this).formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName,
    });
    policy.addStatements(
      new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [arn] }),
    );
    // cdk-nag writes a placeholder if no setting names the account.
    const inFinding = Token.isUnresolved(account) ? '<AWS::AccountId>' : account;
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${arn.replace(account, inFinding)}]`,
      reason: 'CloudFormation adds a random id to the ARN of a stack. The name is fixed.',
    });
  }

  /** Allows the command `logs` to find the log groups of the stack and to read masked lines. */
  #allowReadLogs(policy: ManagedPolicy): void {
    const stack = Stack.of(this);
    const { stackName, account } = stack;
    const stackArn = stack.formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName: `${stackName}/*`,
    });
    // CloudFormation names a log group after its stack, and adds a random text.
    const logsArn = stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `${stackName}-*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    policy.addStatements(
      new PolicyStatement({
        actions: ['cloudformation:ListStackResources'],
        resources: [stackArn],
      }),
      new PolicyStatement({ actions: ['logs:FilterLogEvents'], resources: [logsArn] }),
    );
    const inFinding = Token.isUnresolved(account) ? '<AWS::AccountId>' : account;
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${logsArn.replace(account, inFinding)}]`,
      reason: 'CloudFormation adds a random text to the names of log groups. The stack is fixed.',
    });
  }

  #operationsFunction({
    config,
    api,
    databaseSecret,
    evidence,
    evidenceKey,
    deliveries,
    jobs,
    secrets,
    generatedSecrets,
  }: OperationsApiProps): NodeFunction {
    const operations = new NodeFunction(this, 'Operations', {
      entry: 'operations/operations.handler.ts',
      description: 'Runs operator commands',
      // API Gateway closes the connection after 30 s.
      timeout: Duration.seconds(29),
      config,
    });
    operations.bindSettings(['STAGE']);
    operations.grantSecretRead('DATABASE_SECRET_ID', databaseSecret);
    operations.grantRedrive('DELIVERY_QUEUES', deliveries);
    operations.grantInvoke('JOB_FUNCTIONS', jobs);
    operations.grantReadEvidence('READABLE_EVIDENCE_BUCKET', evidence, EvidenceBucket.allKeys);
    operations.grantVerifyEvidence('EVIDENCE_PUBLIC_KEY_ID', evidenceKey);
    operations.grantRotateSecrets('ROTATED_SECRETS', secrets.signing);
    operations.grantListSecretVersions('GENERATED_SECRETS', generatedSecrets);
    for (const [provider, key] of secrets.webhookKeys)
      operations.grantSecretRead(webhooksKeyVariable(provider), key);
    // The rotation command registers webhooks at this URL.
    operations.lambda.addEnvironment('API_URL', api.url);
    // The function rejects events of any other API.
    operations.lambda.addEnvironment('API_ID', api.id);
    operations.lambda.addEnvironment('API_ACCOUNT_ID', Stack.of(this).account);
    return operations;
  }

  /** Returns a widget that lists failed events with a replay button, and searches by event id. */
  eventsWidget(): CustomWidget {
    return new CustomWidget({
      title: 'Failed and exhausted events',
      functionArn: this.#widget.lambda.functionArn,
      width: 24,
      height: 9,
      // The widget lists the events that are open now, so the time range of the graphs is
      // irrelevant.
      updateOnTimeRangeChange: false,
      updateOnResize: false,
    });
  }
}

const pathsOf = (commands: readonly CommandName[]): ReadonlyMap<string, string> =>
  new Map(commands.map((command) => [command, commandPath(command)]));

import { CfnOutput, Duration } from 'aws-cdk-lib';
import { CustomWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { operationsPath } from '../lambdas/catalog/operator-commands.ts';
import type { Provider } from '../lambdas/catalog/providers.ts';
import type { StageConfig } from './config.ts';
import type { EvidenceBucket } from './evidence-bucket.ts';
import { NodeFunction } from './node-function.ts';
import type { SecretReference } from './operator-managed-secret.ts';
import type { RedrivableQueue } from './redrivable-queue.ts';
import type { WebhookApi } from './webhook-api.ts';

export interface OperationsProps {
  readonly config: StageConfig;
  readonly api: WebhookApi;
  readonly databaseSecret: SecretReference;
  readonly evidence: EvidenceBucket;
  readonly deliveries: ReadonlyMap<Provider, RedrivableQueue>;
  readonly jobs: ReadonlyMap<string, NodeFunction>;
  readonly secrets: RotatedSecrets;
}

/** By provider: what its webhooks are signed with, and what manages them. */
export interface RotatedSecrets {
  readonly signing: ReadonlyMap<Provider, SecretReference>;
  readonly webhookKeys: ReadonlyMap<Provider, SecretReference>;
}

/** What operators can do without touching Postgres or a queue themselves. `operators` is the policy to attach to them. */
export class Operations extends Construct {
  readonly #widget: NodeFunction;

  constructor(
    scope: Construct,
    id: string,
    { config, api, databaseSecret, evidence, deliveries, jobs, secrets }: OperationsProps,
  ) {
    super(scope, id);
    const handler = new NodeFunction(this, 'Operations', {
      entry: 'operations/operations.handler.ts',
      description: 'Commands of operators',
      // API Gateway hangs up after 30 s.
      timeout: Duration.seconds(29),
      config,
    });
    handler.grantSecretRead('DATABASE_SECRET_ID', databaseSecret);
    handler.grantRedrive('DELIVERY_QUEUES', deliveries);
    handler.grantInvoke('JOB_FUNCTIONS', jobs);
    handler.grantReadEvidence('READABLE_EVIDENCE_BUCKET', evidence);
    letRotate(handler, secrets, api.url);

    const operators = new ManagedPolicy(this, 'Operators', {
      description: `Commands of operators of the webhooks of ${config.stage}`,
    });
    api.acceptSigned(operationsPath, operators, handler);
    this.#widget = new NodeFunction(this, 'EventsWidget', {
      entry: 'operations/events-widget.handler.ts',
      description: 'Failed and exhausted events on the dashboard',
      // It waits for the operations, twice at once at most.
      timeout: Duration.seconds(29),
      config,
    });
    this.#widget.grantInvoke('OPERATIONS_FUNCTIONS', new Map([['operations', handler]]));
    // CloudWatch calls a widget's function with the permissions of whoever looks at the dashboard, and has none itself.
    operators.addStatements(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [this.#widget.lambda.functionArn],
      }),
    );
    new CfnOutput(this, 'OperatorsPolicyArn', {
      value: operators.managedPolicyArn,
      description: 'Attach this to whoever operates the stage',
    });
  }

  /** For the dashboard: what failed, with its error and a button that replays it, and a search by event id. */
  eventsWidget(): CustomWidget {
    return new CustomWidget({
      title: 'Failed and exhausted events',
      functionArn: this.#widget.lambda.functionArn,
      width: 24,
      height: 9,
      // What is listed is what is open now, whatever time the graphs are of.
      updateOnTimeRangeChange: false,
      updateOnResize: false,
    });
  }
}

/** @param url Where the providers' webhooks lead. */
function letRotate(
  handler: NodeFunction,
  { signing, webhookKeys }: RotatedSecrets,
  url: string,
): void {
  handler.grantRotateSecrets('ROTATED_SECRETS', signing);
  for (const [provider, key] of webhookKeys)
    handler.grantSecretRead(`${provider.toUpperCase()}_WEBHOOKS_KEY_SECRET_ID`, key);
  handler.lambda.addEnvironment('API_URL', url);
}

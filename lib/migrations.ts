import { CfnResource, CustomResourceProviderBase, Duration, Stack } from 'aws-cdk-lib';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct, type IConstruct } from 'constructs';
import type { StageConfig } from './config.ts';
import { MaskedLogGroup } from './masked-log-group.ts';
import { NodeFunction } from './node-function.ts';
import type { SecretReference } from './secrets/operator-managed-secret.ts';

export interface MigrationsProps {
  readonly config: StageConfig;
  readonly databaseSecret: SecretReference;
}

/**
 * Runs the migrations during a deploy, before any code that needs the new schema. A failed
 * migration fails the deploy. CloudFormation does not undo SQL in a rollback, so the previous code
 * must work with the new schema.
 */
export class Migrations extends Construct {
  readonly #function: NodeFunction;
  readonly #run: Trigger;

  constructor(scope: Construct, id: string, { config, databaseSecret }: MigrationsProps) {
    super(scope, id);
    const timeout = Duration.minutes(10);
    // A trigger that ends before the function would report a failure of a migration that succeeds.
    const triggerTimeout = Duration.minutes(timeout.toMinutes() + 4);
    this.#function = new NodeFunction(this, 'Migrate', {
      entry: 'platform/postgres/migrate.handler.ts',
      description: 'Runs the pending database migrations',
      timeout,
      config,
      // The SQL files are part of the bundle, so a new migration creates a new version of the
      // function, and a new version runs the trigger.
      commandHooks: {
        beforeBundling: () => [],
        beforeInstall: () => [],
        afterBundling: (root, bundle) => [
          `mkdir -p ${bundle}/migrations`,
          `cp ${root}/migrations/[0-9]*.sql ${bundle}/migrations/`,
        ],
      },
    });
    this.#function.grantSecretRead('DATABASE_SECRET_ID', databaseSecret);
    this.#run = new Trigger(this, 'Run', {
      handler: this.#function.lambda,
      timeout: triggerTimeout,
    });
    this.#maskLogOfTrigger(config);
  }

  /**
   * Gives CDK's function behind the trigger a masked log group that expires. Lambda would create
   * one that keeps everything for ever, and the function logs the error of a failed migration.
   */
  #maskLogOfTrigger(config: StageConfig): void {
    const [provider, ...others] = Stack.of(this).node.children.filter(
      (child) => child instanceof CustomResourceProviderBase,
    );
    const handler = provider?.node.findChild('Handler');
    const role = provider?.node.findChild('Role');
    if (
      !CfnResource.isCfnResource(handler) ||
      !CfnResource.isCfnResource(role) ||
      others.length > 0
    )
      throw new Error('CDK creates the function behind a trigger in another way than expected.');
    const log = new MaskedLogGroup(this, 'TriggerLog', config);
    handler.addPropertyOverride('LoggingConfig', {
      LogFormat: 'JSON',
      LogGroup: log.logGroupName,
    });
    // CDK's managed policy would allow writing to every log group of the account.
    role.addPropertyDeletionOverride('ManagedPolicyArns');
    provider?.addToRolePolicy({
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [log.logGroupArn],
    });
  }

  /** Makes every function under `scope` wait for the migrations before it is created or updated. */
  runBefore(scope: IConstruct): void {
    const functions = scope.node.findAll().filter((construct) => construct instanceof NodeFunction);
    this.#run.executeBefore(...functions.filter((other) => other !== this.#function));
  }
}

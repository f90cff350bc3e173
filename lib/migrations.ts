import { Duration } from 'aws-cdk-lib';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct, type IConstruct } from 'constructs';
import type { StageConfig } from './config.ts';
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
  }

  /** Makes every function under `scope` wait for the migrations before it is created or updated. */
  runBefore(scope: IConstruct): void {
    const functions = scope.node.findAll().filter((construct) => construct instanceof NodeFunction);
    this.#run.executeBefore(...functions.filter((other) => other !== this.#function));
  }
}

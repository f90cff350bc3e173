import { Duration } from 'aws-cdk-lib';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct, type IConstruct } from 'constructs';
import type { StageConfig } from './config.ts';
import { NodeFunction } from './node-function.ts';
import type { SecretReference } from './operator-managed-secret.ts';

export interface MigrationsProps {
  readonly config: StageConfig;
  readonly databaseSecret: SecretReference;
}

/**
 * Brings Postgres to the newest migration while a stack deploys, before any code that expects it. A migration that fails
 * fails the deploy. CloudFormation does not undo SQL when it rolls back, so the code before must work with the new schema.
 */
export class Migrations extends Construct {
  readonly #function: NodeFunction;
  readonly #run: Trigger;

  constructor(scope: Construct, id: string, { config, databaseSecret }: MigrationsProps) {
    super(scope, id);
    const timeout = Duration.minutes(10);
    this.#function = new NodeFunction(this, 'Migrate', {
      entry: 'platform/postgres/migrate.handler.ts',
      description: 'Brings Postgres to the newest migration',
      timeout,
      config,
      // The files are part of the code, so a new migration is a new version of the function, and that runs it.
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
    this.#run = new Trigger(this, 'Run', { handler: this.#function.lambda, timeout });
  }

  /** Every function under `scope` is created or updated only after the migrations have run. */
  runBefore(scope: IConstruct): void {
    const functions = scope.node.findAll().filter((construct) => construct instanceof NodeFunction);
    this.#run.executeBefore(...functions.filter((one) => one !== this.#function));
  }
}

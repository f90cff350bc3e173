import { CfnOutput, Duration } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  type PortalOperation,
  portalOperationEntry,
  portalOperations,
} from '../lambdas/catalog/portal-api.ts';
import type { StageConfig } from './config.ts';
import { pascalCase } from './names.ts';
import { NodeFunction } from './node-function.ts';
import type { SecretReference } from './operator-managed-secret.ts';
import type { WebhookApi } from './webhook-api.ts';

export interface PortalCommandsProps {
  readonly config: StageConfig;
  readonly api: WebhookApi;
  readonly databaseSecret: SecretReference;
  readonly muxApiToken: SecretReference;
}

/** What the portal's backend may ask for. Its policy is to be attached to the backend's own role. */
export class PortalApi extends Construct {
  constructor(scope: Construct, id: string, { api, ...props }: PortalCommandsProps) {
    super(scope, id);
    const callers = new ManagedPolicy(this, 'Callers', {
      description: `Commands of the portal's backend, ${props.config.stage}`,
    });
    for (const command of portalOperations)
      api.acceptSigned(command.path, callers, this.#functionOf(command, props));
    new CfnOutput(this, 'CallersPolicyArn', {
      value: callers.managedPolicyArn,
      description: "Attach this to the role of the portal's backend",
    });
  }

  #functionOf(
    command: PortalOperation,
    { config, databaseSecret, muxApiToken }: Omit<PortalCommandsProps, 'api'>,
  ) {
    const { name, timeoutSeconds, settings, callsMux } = command;
    const handler = new NodeFunction(this, pascalCase(name), {
      entry: portalOperationEntry(command),
      description: `Command ${name}`,
      timeout: Duration.seconds(timeoutSeconds),
      config,
    });
    handler.grantSecretRead('DATABASE_SECRET_ID', databaseSecret);
    if (callsMux) handler.grantSecretRead('MUX_API_TOKEN_SECRET_ID', muxApiToken);
    handler.bindSettings(settings);
    return handler;
  }
}

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
import type { SecretReference } from './secrets/operator-managed-secret.ts';
import type { WebhookApi } from './webhook-api.ts';

export interface PortalApiProps {
  readonly config: StageConfig;
  readonly api: WebhookApi;
  readonly secrets: PortalApiSecrets;
}

export interface PortalApiSecrets {
  readonly databaseSecret: SecretReference;
  readonly muxApiToken: SecretReference;
  readonly responseSecret: SecretReference;
}

/**
 * Serves the signed API for the portal's backend, and creates the policy that allows calling it.
 */
export class PortalApi extends Construct {
  constructor(scope: Construct, id: string, { api, ...props }: PortalApiProps) {
    super(scope, id);
    const callers = new ManagedPolicy(this, 'Callers', {
      // A new description would replace the policy, and the backend's role would lose it.
      description: `Commands of the portal's backend, ${props.config.stage}`,
    });
    for (const operation of portalOperations)
      api.addSignedRoute(operation.path, callers, this.#handlerOf(operation, props));
    const output = new CfnOutput(this, 'CallersPolicyArn', {
      value: callers.managedPolicyArn,
      description: "Attach this policy to the role of the portal's backend",
    });
    // The documentation names the output, so its name must not depend on the construct tree.
    output.overrideLogicalId('CallersPolicyArn');
  }

  #handlerOf(
    operation: PortalOperation,
    { config, secrets }: Omit<PortalApiProps, 'api'>,
  ): NodeFunction {
    const { name, timeoutSeconds, settings, callsMux } = operation;
    const handler = new NodeFunction(this, pascalCase(name), {
      entry: portalOperationEntry(operation),
      description: `Portal API: ${name}`,
      timeout: Duration.seconds(timeoutSeconds),
      config,
    });
    handler.grantSecretRead('DATABASE_SECRET_ID', secrets.databaseSecret);
    handler.grantSecretRead('RESPONSE_SECRET_ID', secrets.responseSecret);
    if (callsMux) handler.grantSecretRead('MUX_API_TOKEN_SECRET_ID', secrets.muxApiToken);
    handler.bindSettings(settings);
    return handler;
  }
}

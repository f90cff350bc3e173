import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { allowRemoval } from './removable-reference.ts';

/** Identifies a secret: the name is for the code, the ARN for the permission. */
export interface SecretReference {
  readonly name: string;
  readonly arn: string;
  /**
   * Network that the readers must be attached to, if the database can be reached only from there.
   */
  readonly network?: FunctionNetwork;
}

export interface FunctionNetwork {
  readonly subnetIds: string[];
  readonly securityGroupIds: string[];
}

/**
 * Creates a secret without a value; an operator adds the value. No value passes through a template,
 * and reading the secret before it has a value fails. The secret is retained when the stack is
 * deleted, because the operator may have no copy of the value.
 */
export class OperatorManagedSecret extends Construct implements SecretReference {
  readonly name: string;
  readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    { name, description }: { readonly name: string; readonly description: string },
  ) {
    super(scope, id);
    // The L2 construct always generates a value, and a random signing secret would look like a real
    // one.
    const secret = new CfnSecret(this, 'Secret', { name, description });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    allowRemoval(this);
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The provider issues the value, and Secrets Manager cannot request a new one. An ' +
        'operator command rotates signing secrets, and an alarm on their age is the reminder. ' +
        'Operators store all other values.',
    });
    this.name = name;
    this.arn = secret.ref;
  }
}

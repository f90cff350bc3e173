import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** A secret as its readers see it: a name for the code, an ARN for its permission. */
export interface SecretReference {
  readonly name: string;
  readonly arn: string;
  /** Where its readers have to be, as what it leads to is reached from nowhere else. */
  readonly network?: FunctionNetwork;
}

export interface FunctionNetwork {
  readonly subnetIds: string[];
  readonly securityGroupIds: string[];
}

/**
 * A secret that a deployment creates empty and an operator fills: no value ever passes through a template, and reading
 * it before it is filled fails. It survives the stack, and with it the value that nobody else may have.
 */
export class OperatorManagedSecret extends Construct implements SecretReference {
  readonly name: string;
  readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    { name, holds }: { readonly name: string; readonly holds: string },
  ) {
    super(scope, id);
    // Not the L2 construct, which always generates a value: a random signing secret would look like a real one.
    const secret = new CfnSecret(this, 'Secret', { name, description: holds });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The provider issues the value, and Secrets Manager cannot ask it for another. Signing secrets are rotated by a ' +
        'command of operators, which the age of each reminds them of; other values an operator puts.',
    });
    this.name = name;
    this.arn = secret.ref;
  }
}

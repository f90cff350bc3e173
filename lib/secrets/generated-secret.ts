import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { SecretReference } from './operator-managed-secret.ts';
import { allowRemoval } from './removable-reference.ts';

/**
 * Creates a secret whose value AWS generates: 64 letters and digits. Secrets Manager encrypts it
 * with the key of the account. The secret is retained when the stack is deleted.
 */
export class GeneratedSecret extends Construct implements SecretReference {
  readonly name: string;
  readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    { name, description }: { readonly name: string; readonly description: string },
  ) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      secretName: name,
      description,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    allowRemoval(this);
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A rotation would need one more function. An operator stores a new value with ' +
        'put-secret-value; the functions accept the current and the previous one.',
    });
    this.name = name;
    this.arn = secret.secretArn;
  }
}

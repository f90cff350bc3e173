import { Stack, type StackProps } from 'aws-cdk-lib';
import { OidcProviderNative } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export const issuer = 'token.actions.githubusercontent.com';

/**
 * Makes an account accept the tokens that GitHub signs for its jobs. An account has one provider of
 * each issuer, whatever the number of stages, so it must not belong to the role of one of them.
 * Roles decide which tokens they trust; the provider alone allows nothing.
 */
export class IdentityProviderStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    new OidcProviderNative(this, 'GitHub', {
      url: `https://${issuer}`,
      clientIds: ['sts.amazonaws.com'],
    });
  }
}

/**
 * ARN of the account's provider. It follows from the issuer, so roles also work with a provider
 * that something else created in the account.
 */
export const providerArn = (stack: Stack): string =>
  stack.formatArn({
    service: 'iam',
    region: '',
    resource: 'oidc-provider',
    resourceName: issuer,
  });

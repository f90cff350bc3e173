import { Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** A resource with a policy of its own: a bucket, a queue, a topic or a key. */
interface ResourceWithPolicy extends IConstruct {
  addToResourcePolicy(statement: PolicyStatement): unknown;
}

export interface Perimeter {
  /** All actions that the policy of this kind of resource may name. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * Denies requests of other accounts, of AWS services on behalf of other accounts, and without TLS.
 * No statement elsewhere can allow what these deny. Requests of services name no account of a
 * principal; they name the account of the resource that caused them, if they name any.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
 */
export function denyOutsiders(
  resource: ResourceWithPolicy,
  { actions, resources }: Perimeter,
): void {
  const { account } = Stack.of(resource);
  const deny = (sid: string, conditions: Readonly<Record<string, Record<string, string>>>) =>
    resource.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [...actions],
        resources: [...resources],
        conditions,
      }),
    );
  deny('DenyOtherAccounts', {
    // A missing key fulfils both conditions, so that anonymous requests are denied too.
    StringNotEquals: { 'aws:PrincipalAccount': account },
    BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
  });
  deny('DenyServicesForOtherAccounts', {
    StringNotEquals: { 'aws:SourceAccount': account },
    // Some services name only the ARN of their resource, as the statement that allows them does.
    Null: { 'aws:SourceAccount': 'false' },
    Bool: { 'aws:PrincipalIsAWSService': 'true' },
  });
  deny('DenyWithoutTls', { Bool: { 'aws:SecureTransport': 'false' } });
}

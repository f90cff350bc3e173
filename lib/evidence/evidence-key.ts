import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { denyOutsiders } from '../resource-perimeter.ts';

/**
 * Signs evidence. Only the roles of `evidenceSigners` may sign, even for an administrator of the
 * account: another signer needs a change of the key policy, which CloudTrail records.
 */
export class EvidenceKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { stage }: Pick<StageConfig, 'stage'>) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Signs the residency evidence and the audit log of ${stage}`,
      alias: `motion-mavericks/${stage}/evidence`,
      keySpec: KeySpec.RSA_3072,
      keyUsage: KeyUsage.SIGN_VERIFY,
    });
    this.key.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlySignersSign',
        effect: Effect.DENY,
        actions: ['kms:Sign'],
        principals: [new AnyPrincipal()],
        resources: ['*'],
        // A condition, because a principal of a policy must exist, and the roles are created later.
        conditions: {
          ArnNotEquals: {
            'aws:PrincipalArn': evidenceSigners.map((signer) =>
              Stack.of(this).formatArn({
                service: 'iam',
                region: '',
                resource: 'role',
                resourceName: signerRoleName(stage, signer),
              }),
            ),
          },
        },
      }),
    );
    denyOutsiders(this.key, { actions: ['kms:*'], resources: ['*'] });
    new CfnOutput(this, 'EvidenceKeyArn', {
      value: this.key.keyArn,
      description: 'Key that signs evidence: aws kms get-public-key --key-id <value>',
    }).overrideLogicalId('EvidenceKeyArn');
  }
}

/** Jobs whose functions may sign. */
export const evidenceSigners: readonly string[] = ['report-residency', 'sign-audit-head'];

/** The key policy names the role before it exists, so the role has a fixed name. */
export const signerRoleName = (stage: string, signer: string): string =>
  `motion-mavericks-${stage}-${signer}`;

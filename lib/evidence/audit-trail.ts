import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { denyOutsiders } from '../resource-perimeter.ts';

export interface AuditTrailProps {
  readonly config: Pick<StageConfig, 'stage' | 'auditTrail'>;
  /** Evidence whose reads and writes the trail records. */
  readonly evidence: Bucket;
}

/**
 * Records in CloudTrail each invocation of the operations functions and each access to the
 * evidence, with the identity of the caller. It is in the data stack, so that it survives the
 * functions; it finds them by the beginning of their names.
 */
export class AuditTrail extends Construct {
  constructor(scope: Construct, id: string, { config, evidence }: AuditTrailProps) {
    super(scope, id);
    const { stage, auditTrail } = config;
    const name = `motion-mavericks-${stage}-audit`;
    const bucket = this.#bucket(auditTrail.days);
    this.#allowDelivery(bucket, name);
    const trail = new CfnTrail(this, 'Trail', {
      trailName: name,
      s3BucketName: bucket.bucketName,
      isLogging: true,
      enableLogFileValidation: true,
      includeGlobalServiceEvents: false,
      isMultiRegionTrail: false,
      advancedEventSelectors: [
        select('Invocations of the operations functions', 'AWS::Lambda::Function', [
          this.#functions(stage),
        ]),
        select('Access to the evidence', 'AWS::S3::Object', [evidence.arnForObjects('')]),
      ],
    });
    // CloudTrail checks when it is created that it may write to the bucket.
    if (bucket.policy) trail.node.addDependency(bucket.policy);
  }

  /** CloudFormation names a function after its stack and the construct that contains it. */
  #functions(stage: string): string {
    return Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: `motion-mavericks-${stage}-webhooks-Operations`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  #bucket(days: number): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      minimumTLSVersion: 1.2,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // Removing a delete marker restores a deleted file until its version expires.
      lifecycleRules: [
        { expiration: Duration.days(days), noncurrentVersionExpiration: Duration.days(30) },
      ],
    });
    denyOutsiders(bucket, {
      actions: ['s3:*'],
      resources: [bucket.bucketArn, bucket.arnForObjects('*')],
    });
    bucket.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'The bucket holds logs. Digest files, which CloudTrail signs, show what was changed or ' +
        'deleted; access logs would need a further bucket and show less.',
    });
    return bucket;
  }

  /** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
  #allowDelivery(bucket: Bucket, trailName: string): void {
    const stack = Stack.of(this);
    const trailArn = stack.formatArn({
      service: 'cloudtrail',
      resource: 'trail',
      resourceName: trailName,
    });
    const ofTrail = { 'aws:SourceArn': trailArn };
    const principals = [new ServicePrincipal('cloudtrail.amazonaws.com')];
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'TrailChecksBucket',
        principals,
        actions: ['s3:GetBucketAcl'],
        resources: [bucket.bucketArn],
        conditions: { StringEquals: ofTrail },
      }),
    );
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'TrailWritesLogs',
        principals,
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects(`AWSLogs/${stack.account}/*`)],
        conditions: {
          StringEquals: { ...ofTrail, 's3:x-amz-acl': 'bucket-owner-full-control' },
        },
      }),
    );
  }
}

/** Selects the data events of the resources whose ARNs begin so. */
const select = (name: string, type: string, startsWith: string[]) => ({
  name,
  fieldSelectors: [
    { field: 'eventCategory', equalTo: ['Data'] },
    { field: 'resources.type', equalTo: [type] },
    { field: 'resources.ARN', startsWith },
  ],
});

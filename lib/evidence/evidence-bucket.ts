import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { denyOutsiders } from '../resource-perimeter.ts';

/**
 * Stores residency evidence and the signed heads of the audit log. Each write is a new version,
 * locked for the time in the stage settings.
 */
export class EvidenceBucket extends Construct {
  /**
   * Keys of reports: one folder per week, named by its Monday
   * (lambdas/residency/evidence/evidence-files.ts).
   */
  static readonly reportKeys = ['json', 'csv', 'html', 'pdf', 'sig'].map(
    (format) => `residency/????-??-??/report.${format}`,
  );

  /** Signed heads of the audit log, in one folder per month (lambdas/audit/head-files.ts). */
  static readonly auditKeys = ['audit/????-??/head-??????????.json'];

  static readonly allKeys = [...EvidenceBucket.reportKeys, ...EvidenceBucket.auditKeys];

  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { residency }: Pick<StageConfig, 'residency'>) {
    super(scope, id);
    const { mode, days } = residency.evidenceLock;
    const lock =
      mode === 'COMPLIANCE' ? ObjectLockRetention.compliance : ObjectLockRetention.governance;
    this.bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: lock(Duration.days(days)),
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    });
    denyOutsiders(this.bucket, {
      actions: ['s3:*'],
      resources: [this.bucket.bucketArn, this.bucket.arnForObjects('*')],
    });
    this.bucket.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    // Keeps the denial of access without TLS for as long as the bucket exists.
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'One function writes five files a week, and another one the signed heads of the audit ' +
        'log. Both chains show what was added or removed. The setting auditTrail records access.',
    });
  }
}

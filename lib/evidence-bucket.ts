import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from './config.ts';

/** What is written here stays as it is, for as long as the stage's settings say: each write is a version under lock. */
export class EvidenceBucket extends Construct {
  /** Each week has a folder of its own, named by its Monday: lambdas/residency/report-residency.ts. */
  static readonly keys = ['json', 'csv', 'html'].map(
    (format) => `residency/????-??-??/report.${format}`,
  );

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
    this.bucket.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'One function writes three files a week, and each is in residency_reports with its version and hash. Access ' +
        'logs would need a second bucket that is not under lock, and tell nothing that those do not.',
    });
  }
}

import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { at } from './support/references.ts';
import { every, readJson, stages } from './support/stages.ts';

const DAYS_IN_SEVEN_YEARS = 2_557;
const buckets = every('AWS::S3::Bucket');

test.each(stages)('$stage has one evidence bucket', (stage) => {
  expect(buckets.filter((bucket) => bucket.stage === stage)).toHaveLength(1);
});

test.each(buckets)('$stack: $id locks each version as the stage settings require', (bucket) => {
  const { mode, days } = bucket.stage.config.residency.evidenceLock;

  expect(bucket.Properties).toMatchObject({
    VersioningConfiguration: { Status: 'Enabled' },
    ObjectLockEnabled: true,
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: mode, Days: days } },
    },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  });
  expect(bucket).toMatchObject({
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
  // A lifecycle rule would expire versions on the first day after the lock.
  expect(bucket.Properties['LifecycleConfiguration']).toBeUndefined();
});

test('prod locks evidence in COMPLIANCE mode and retains webhook data as promised', () => {
  const prod = at(
    readJson(join(import.meta.dirname, '../../cdk.json')),
    'context',
    'stages',
    'prod',
  );

  expect(at(prod, 'residency', 'evidenceLock')).toEqual({
    mode: 'COMPLIANCE',
    days: DAYS_IN_SEVEN_YEARS,
  });
  expect(at(prod, 'retentionDays')).toMatchObject({ webhookBodies: 90, webhookEvents: 400 });
});

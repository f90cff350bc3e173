import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { at, entryOf, list, render, resolve } from './support/references.ts';
import { every, readJson, stages } from './support/stages.ts';

const DAYS_IN_SEVEN_YEARS = 2_557;
const buckets = every('AWS::S3::Bucket').filter(
  ({ Properties }) => Properties['ObjectLockEnabled'] === true,
);

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

const signingKeys = every('AWS::KMS::Key').filter(
  ({ Properties }) => Properties['KeyUsage'] === 'SIGN_VERIFY',
);

test.each(stages)('$stage has one signing key, with an alias', (stage) => {
  const [key, ...others] = signingKeys.filter((one) => one.stage === stage);
  const aliases = every('AWS::KMS::Alias').filter(
    (alias) => resolve(alias, alias.Properties['TargetKeyId']) === key,
  );

  expect(others).toEqual([]);
  expect(key).toMatchObject({
    Properties: { KeySpec: 'RSA_3072' },
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
  expect(aliases.map(({ Properties }) => Properties['AliasName'])).toEqual([
    `alias/motion-mavericks/${stage.stage}/evidence`,
  ]);
});

test.each(signingKeys)('$stack: the policy of $id lets only the two signing jobs sign', (key) => {
  const denials = list(at(key.Properties['KeyPolicy'], 'Statement')).filter(
    (statement) => at(statement, 'Sid') === 'OnlySignersSign',
  );
  const signers = denials.flatMap((statement) =>
    list(at(statement, 'Condition', 'ArnNotEquals', 'aws:PrincipalArn')),
  );
  const roles = signers.map((arn) => {
    const name = render(key, arn).split(':role/')[1];
    return every('AWS::IAM::Role').find(
      (role) => role.stage === key.stage && role.Properties['RoleName'] === name,
    );
  });
  const allowed = every('AWS::Lambda::Function').filter((lambda) =>
    roles.includes(resolve(lambda, lambda.Properties['Role'])),
  );

  expect(denials).toMatchObject([
    { Effect: 'Deny', Action: 'kms:Sign', Principal: { AWS: '*' }, Resource: '*' },
  ]);
  expect(roles).not.toContain(undefined);
  expect(allowed.map(entryOf).sort()).toEqual([
    'audit/sign-audit-head.handler.ts',
    'residency/report-residency.handler.ts',
  ]);
});

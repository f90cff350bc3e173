import { expect, test } from '@jest/globals';
import { evaluatePolicy } from '../support/evaluate-policy.ts';
import { functions } from '../support/our-functions.ts';
import { at, entryOf, list, render, resolve } from '../support/references.ts';
import { every, type Resource, resources, stages } from '../support/stages.ts';

const trails = resources.filter(({ Type }) => Type === 'AWS::CloudTrail::Trail');
const bucketOf = (trail: Resource) => resolve(trail, trail.Properties['S3BucketName']) as Resource;

/** Returns the beginnings of the ARNs whose data events a trail records, by resource type. */
const selected = (trail: Resource): ReadonlyMap<string, string> =>
  new Map(
    list(trail.Properties['AdvancedEventSelectors']).map((selector) => {
      const fields = new Map(
        list(at(selector, 'FieldSelectors')).map((field) => [at(field, 'Field'), field]),
      );
      expect(at(fields.get('eventCategory'), 'Equals')).toEqual(['Data']);
      return [
        String(at(fields.get('resources.type'), 'Equals', 0)),
        render(trail, at(fields.get('resources.ARN'), 'StartsWith', 0)),
      ];
    }),
  );

test('exactly the stages with auditTrail.dataEvents have a trail', () => {
  expect(trails.map(({ stage }) => stage)).toEqual(
    stages.filter(({ config }) => config.auditTrail.dataEvents),
  );
  expect(trails).not.toEqual([]);
  expect(trails.length).toBeLessThan(stages.length);
});

test.each(trails)('$stack: $id records now, and its files can be validated', (trail) => {
  expect(trail.Properties).toMatchObject({ IsLogging: true, EnableLogFileValidation: true });
});

test.each(trails)('$stack: $id records the functions of operators and no others', (trail) => {
  const prefix = selected(trail).get('AWS::Lambda::Function')?.split(':function:')[1];
  // CloudFormation names a function after its stack and its logical id.
  const recorded = functions
    .filter(
      ({ stage, stack, id }) => stage === trail.stage && `${stack}-${id}`.startsWith(`${prefix}`),
    )
    .map(entryOf);

  expect(recorded.toSorted()).toEqual([
    'operations/events-widget.handler.ts',
    'operations/operations.handler.ts',
    'operations/replay-widget.handler.ts',
  ]);
});

test.each(trails)('$stack: $id records each access to the evidence', (trail) => {
  const evidence = every('AWS::S3::Bucket').find(
    ({ stage, Properties }) => stage === trail.stage && Properties['ObjectLockEnabled'] === true,
  );

  expect(selected(trail).get('AWS::S3::Object')).toBe(`<${evidence?.id}>/`);
});

test.each(trails)('$stack: the bucket of $id is encrypted, private, kept and limited', (trail) => {
  const bucket = bucketOf(trail);
  const [rule, ...others] = list(at(bucket.Properties, 'LifecycleConfiguration', 'Rules'));

  expect(bucket).toMatchObject({
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
      VersioningConfiguration: { Status: 'Enabled' },
    },
  });
  expect(others).toEqual([]);
  expect(at(rule, 'ExpirationInDays')).toBe(trail.stage.config.auditTrail.days);
});

test.each(trails)('$stack: only $id may write to its bucket, and only logs', (trail) => {
  const bucket = bucketOf(trail);
  const policy = every('AWS::S3::BucketPolicy').find(
    (one) => resolve(one, one.Properties['Bucket']) === bucket,
  ) as Resource;
  const { region } = trail.stage.config;
  const name = trail.Properties['TrailName'];
  const arn = `arn:aws:cloudtrail:${region}:<AWS::AccountId>:trail/${name}`;
  const put = (keys: Readonly<Record<string, string>>, principal = 'cloudtrail.amazonaws.com') =>
    evaluatePolicy(policy, policy.Properties['PolicyDocument'], {
      principal,
      action: 's3:PutObject',
      keys: {
        'aws:SecureTransport': 'true',
        's3:TlsVersion': '1.2',
        'aws:PrincipalIsAWSService': 'true',
        's3:x-amz-acl': 'bucket-owner-full-control',
        ...keys,
      },
    });
  const allowed = list(at(policy.Properties['PolicyDocument'], 'Statement'))
    .filter((statement) => at(statement, 'Effect') === 'Allow')
    .map((statement) => [at(statement, 'Action'), render(policy, at(statement, 'Resource'))]);

  expect(put({ 'aws:SourceArn': arn })).toBe('allowed');
  expect(put({ 'aws:SourceArn': arn, 'aws:SourceAccount': '<AWS::AccountId>' })).toBe('allowed');
  expect(put({ 'aws:SourceArn': `${arn}2` })).toBe('not mentioned');
  expect(put({})).toBe('not mentioned');
  expect(put({ 'aws:SourceArn': arn, 'aws:SourceAccount': '999999999999' })).toBe('denied');
  expect(put({ 'aws:SourceArn': arn }, 'config.amazonaws.com')).toBe('not mentioned');
  expect(allowed).toEqual([
    ['s3:GetBucketAcl', `<${bucket.id}>`],
    ['s3:PutObject', `<${bucket.id}>/AWSLogs/<AWS::AccountId>/*`],
  ]);
});

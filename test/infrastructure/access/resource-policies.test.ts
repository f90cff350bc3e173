import { describe, expect, test } from '@jest/globals';
import { evaluatePolicy, type PolicyRequest } from '../support/evaluate-policy.ts';
import { at, list, render, resolve } from '../support/references.ts';
import { every, type Resource, resources, stages } from '../support/stages.ts';

const OWN = '<AWS::AccountId>';
const OTHER = '999999999999';

/** Types of resources with a policy, and how a template attaches it. */
const policyTypes: Readonly<Record<string, readonly [policy: string, targets: string]>> = {
  'AWS::S3::Bucket': ['AWS::S3::BucketPolicy', 'Bucket'],
  'AWS::SQS::Queue': ['AWS::SQS::QueuePolicy', 'Queues'],
  'AWS::SNS::Topic': ['AWS::SNS::TopicPolicy', 'Topics'],
};

/** An action of each service that a stranger would try. */
const actions: Readonly<Record<string, readonly string[]>> = {
  'AWS::S3::Bucket': ['s3:GetObject', 's3:PutObject', 's3:DeleteObjectVersion', 's3:ListBucket'],
  'AWS::SQS::Queue': ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:PurgeQueue'],
  'AWS::SNS::Topic': ['sns:Publish', 'sns:Subscribe', 'sns:AddPermission'],
  'AWS::KMS::Key': ['kms:Decrypt', 'kms:Sign', 'kms:PutKeyPolicy', 'kms:CreateGrant'],
};

const guarded = resources.filter(({ Type }) => Type in actions);

function documentOf(resource: Resource): { owner: Resource; document: unknown } {
  if (resource.Type === 'AWS::KMS::Key')
    return { owner: resource, document: resource.Properties['KeyPolicy'] };
  const [type = '', property = ''] = policyTypes[resource.Type] ?? [];
  const policies = every(type).filter((policy) =>
    list(policy.Properties[property]).some((target) => resolve(policy, target) === resource),
  );
  const [policy] = policies;
  if (policy === undefined || policies.length > 1)
    throw new Error(`${resource.stack}: ${resource.id} has ${policies.length} policies.`);
  return { owner: policy, document: policy.Properties['PolicyDocument'] };
}

function decide(resource: Resource, request: Omit<PolicyRequest, 'action'>, action: string) {
  const { owner, document } = documentOf(resource);
  return evaluatePolicy(owner, document, { ...request, action });
}

const overTls = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };
const person = (account: string, path: string) => ({
  principal: `arn:aws:iam::${account}:${path}`,
  keys: {
    ...overTls,
    'aws:PrincipalAccount': account,
    'aws:PrincipalArn': `arn:aws:iam::${account}:${path}`,
    'aws:PrincipalIsAWSService': 'false',
  },
});
const service = (name: string, keys: Readonly<Record<string, string>>) => ({
  principal: name,
  keys: { ...overTls, 'aws:PrincipalIsAWSService': 'true', ...keys },
});
const admin = person(OWN, 'role/admin');

/** Requests that no resource may accept, whatever a further statement allows. */
const forged: Readonly<Record<string, Omit<PolicyRequest, 'action'>>> = {
  'a role of another account': person(OTHER, 'role/admin'),
  'the root of another account': person(OTHER, 'root'),
  'an anonymous request': { principal: undefined, keys: overTls },
  'an administrator without TLS': {
    principal: admin.principal,
    keys: { ...admin.keys, 'aws:SecureTransport': 'false' },
  },
  'a service without TLS': service('events.amazonaws.com', {
    'aws:SourceAccount': OWN,
    'aws:SecureTransport': 'false',
  }),
  ...Object.fromEntries(
    ['cloudtrail', 'cloudwatch', 'events', 's3', 'scheduler', 'sns'].map((name) => [
      `${name} for another account`,
      service(`${name}.amazonaws.com`, { 'aws:SourceAccount': OTHER }),
    ]),
  ),
};

test('every stage has buckets, queues, topics and keys', () => {
  for (const stage of stages)
    expect(new Set(guarded.filter((one) => one.stage === stage).map(({ Type }) => Type))).toEqual(
      new Set(Object.keys(actions)),
    );
});

describe.each(Object.entries(forged))('%s', (_, request) => {
  test.each(guarded)('is denied explicitly by $stack: $id', (resource) => {
    for (const action of actions[resource.Type] ?? [])
      expect([action, decide(resource, request, action)]).toEqual([action, 'denied']);
  });
});

test.each(guarded)('$stack: $id denies no identity of its own account over TLS', (resource) => {
  for (const action of (actions[resource.Type] ?? []).filter((one) => one !== 'kms:Sign'))
    expect([action, decide(resource, admin, action)]).not.toEqual([action, 'denied']);
});

/** Queues that a service writes to, with the resources in whose name it does so. */
const deliveries = every('AWS::SQS::QueuePolicy').flatMap((policy) =>
  list(at(policy.Properties['PolicyDocument'], 'Statement')).flatMap((statement) => {
    const name = at(statement, 'Principal', 'Service');
    const source = at(statement, 'Condition', 'ArnEquals', 'aws:SourceArn');
    const queue = resolve(policy, list(policy.Properties['Queues'])[0]);
    return typeof name === 'string' && queue
      ? [{ stack: policy.stack, name, queue, arn: render(policy, source) }]
      : [];
  }),
);

test.each(deliveries)(
  '$stack: $name may deliver to $queue.id for $arn, and for no other resource',
  ({ name, queue, arn }) => {
    const send = (keys: Readonly<Record<string, string>>) =>
      decide(queue, service(name, keys), 'sqs:SendMessage');

    expect(send({ 'aws:SourceArn': arn, 'aws:SourceAccount': OWN })).toBe('allowed');
    expect(send({ 'aws:SourceArn': arn })).toBe('allowed');
    expect(send({ 'aws:SourceArn': `${arn}x` })).toBe('not mentioned');
    expect(send({ 'aws:SourceArn': arn, 'aws:SourceAccount': OTHER })).toBe('denied');
  },
);

test('EventBridge and SNS deliver to dead-letter queues', () => {
  expect(new Set(deliveries.map(({ name }) => name))).toEqual(
    new Set(['events.amazonaws.com', 'sns.amazonaws.com']),
  );
});

test.each(every('AWS::SNS::Topic'))('$stack: alarms of this account publish to $id', (topic) => {
  const alarms = service('cloudwatch.amazonaws.com', { 'aws:SourceAccount': OWN });
  const key = resolve(topic, topic.Properties['KmsMasterKeyId']) as Resource;

  expect(decide(topic, alarms, 'sns:Publish')).toBe('allowed');
  expect(decide(key, alarms, 'kms:Decrypt')).toBe('allowed');
  expect(decide(key, alarms, 'kms:GenerateDataKey')).toBe('allowed');
  expect(decide(key, alarms, 'kms:PutKeyPolicy')).toBe('not mentioned');
});

/** Wildcards in the policies of keys, each with the reason. */
const keyWildcards: Readonly<Record<string, string>> = {
  'Allow kms:*': 'The account must be able to administer its key, or nobody could ever change it.',
  'Allow kms:GenerateDataKey*': 'SNS uses GenerateDataKey and GenerateDataKeyWithoutPlaintext.',
  'Deny kms:*': 'A denial of everything to outsiders.',
};

test.each(every('AWS::KMS::Key'))('$stack: each wildcard of $id has its reason', (key) => {
  const statements = list(at(key.Properties['KeyPolicy'], 'Statement'));
  const wild = statements.flatMap((statement) =>
    list(at(statement, 'Action'))
      .filter((action) => String(action).includes('*'))
      .map((action) => `${at(statement, 'Effect')} ${action}`),
  );
  const administrators = statements
    .filter((one) => at(one, 'Effect') === 'Allow' && at(one, 'Action') === 'kms:*')
    .map((one) => render(key, at(one, 'Principal', 'AWS')));

  expect(Object.keys(keyWildcards)).toEqual(expect.arrayContaining(wild));
  expect(administrators).toEqual([expect.stringMatching(/:iam::<AWS::AccountId>:root$/)]);
});

describe('the evaluator', () => {
  const [owner] = resources as [Resource];
  const policy = (Condition: object) => ({
    Statement: [{ Effect: 'Allow', Action: 'sqs:*', Principal: '*', Condition }],
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
  test.each<[object, Record<string, string>, string]>([
    [{ StringEquals: { key: 'a' } }, {}, 'not mentioned'],
    [{ StringEquals: { key: ['a', 'b'] } }, { key: 'b' }, 'allowed'],
    [{ StringNotEquals: { key: 'a' } }, {}, 'allowed'],
    [{ StringNotEquals: { key: ['a', 'b'] } }, { key: 'b' }, 'not mentioned'],
    [{ StringEqualsIfExists: { key: 'a' } }, {}, 'allowed'],
    [{ BoolIfExists: { key: 'false' } }, { key: 'true' }, 'not mentioned'],
    [{ Bool: { key: 'false' } }, {}, 'not mentioned'],
    [{ Null: { key: 'false' } }, {}, 'not mentioned'],
    [{ Null: { key: 'false' } }, { key: 'a' }, 'allowed'],
    [{ ArnLike: { key: 'arn:*:b' } }, { key: 'arn:a:b' }, 'allowed'],
    [{ ArnNotEquals: { key: 'arn:a' } }, { key: 'arn:a' }, 'not mentioned'],
  ])('decides %j for the keys %j: %s', (condition, keys, decision) => {
    const request = { principal: 'somebody', action: 'sqs:SendMessage', keys };

    expect(evaluatePolicy(owner, policy(condition), request)).toBe(decision);
  });

  test('fails on an operator that it does not know', () => {
    const request = { principal: 'x', action: 'sqs:SendMessage', keys: { key: 'a' } };

    expect(() => evaluatePolicy(owner, policy({ DateLessThan: { key: 'a' } }), request)).toThrow(
      'does not know the operator DateLessThan',
    );
  });
});

import { expect, test } from '@jest/globals';
import { at, every, type Resource, synthesize, target } from './synth.ts';

const app = await synthesize();
const queues = every(app, 'AWS::SQS::Queue');
const mappings = every(app, 'AWS::Lambda::EventSourceMapping');
const consumed = mappings.map(({ Properties }) => target(Properties['EventSourceArn']));
const sources = queues.filter(({ id }) => consumed.includes(id));
const deadLetters = queues.filter((queue) => !sources.includes(queue));
const DAYS = 24 * 60 * 60;

const byId = (id: string | undefined): Resource | undefined => app.resources.find((resource) => resource.id === id);

test.each(queues)('$id is encrypted', ({ Properties }) => {
  expect(Properties['SqsManagedSseEnabled']).toBe(true);
});

test.each(queues)('$id refuses whoever comes without TLS', ({ id }) => {
  const policy = every(app, 'AWS::SQS::QueuePolicy').find(
    ({ Properties }) => target(at(Properties, 'Queues', 0)) === id,
  );

  expect(at(policy, 'Properties', 'PolicyDocument', 'Statement')).toContainEqual(
    expect.objectContaining({
      Effect: 'Deny',
      Action: 'sqs:*',
      Principal: { AWS: '*' },
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      Resource: { 'Fn::GetAtt': [id, 'Arn'] },
    }),
  );
});

test.each(queues)('$id outlives its stack, except where its first deployment fails', (queue) => {
  expect(queue).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
});

test.each(sources)('$id gives up on a message after three receives', ({ Properties }) => {
  expect(at(Properties, 'RedrivePolicy', 'maxReceiveCount')).toBe(3);
});

test.each(sources)('$id leaves a dead letter most of the 14 days, as it keeps the age that it had', (source) => {
  const deadLetter = byId(target(at(source.Properties, 'RedrivePolicy', 'deadLetterTargetArn')));

  expect(at(deadLetter, 'Properties', 'MessageRetentionPeriod')).toBe(14 * DAYS);
  expect(source.Properties['MessageRetentionPeriod']).toBeLessThanOrEqual(4 * DAYS);
});

test.each(sources)('the dead letters of $id take messages from no other queue', ({ Properties }) => {
  const deadLetter = byId(target(at(Properties, 'RedrivePolicy', 'deadLetterTargetArn')));
  const allowed = at(deadLetter, 'Properties', 'RedriveAllowPolicy');

  expect(at(allowed, 'redrivePermission')).toBe('byQueue');
  expect(at(allowed, 'sourceQueueArns')).toHaveLength(1);
  expect(JSON.stringify(at(allowed, 'sourceQueueArns', 0))).toContain(`:${Properties['QueueName']}"`);
});

test.each(sources)(
  '$id hides a message for six timeouts of its consumer and the batch window',
  ({ id, Properties }) => {
    const mapping = mappings.find((candidate) => target(candidate.Properties['EventSourceArn']) === id);
    const consumer = byId(target(mapping?.Properties['FunctionName']));
    const timeout = Number(consumer?.Properties['Timeout']);
    const batchWindow = Number(mapping?.Properties['MaximumBatchingWindowInSeconds']);

    expect(Properties['VisibilityTimeout']).toBe(6 * timeout + batchWindow);
  },
);

test('what no queue redrives into holds the failures of services, and no queue may', () => {
  const redrivenInto = sources.map(({ Properties }) => target(at(Properties, 'RedrivePolicy', 'deadLetterTargetArn')));
  const ofServices = deadLetters.filter(({ id }) => !redrivenInto.includes(id));

  expect(ofServices).not.toEqual([]);
  for (const { Properties } of ofServices) {
    expect(Properties).toMatchObject({
      MessageRetentionPeriod: 14 * DAYS,
      RedriveAllowPolicy: { redrivePermission: 'denyAll' },
    });
  }
});

test.each(mappings)('$id reports single failures and brakes at the source', (mapping) => {
  const consumer = byId(target(mapping.Properties['FunctionName']));
  const concurrency = Number(at(mapping.Properties, 'ScalingConfig', 'MaximumConcurrency'));

  expect(mapping.Properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
  expect(concurrency).toBeGreaterThanOrEqual(2);
  // A reserved concurrency below it would throttle polls, and each throttled poll uses up a receive.
  expect(Number(consumer?.Properties['ReservedConcurrentExecutions'] ?? concurrency)).toBeGreaterThanOrEqual(
    concurrency,
  );
});

test.each(every(app, 'AWS::Events::Rule'))('$id keeps what it cannot deliver', ({ Properties }) => {
  const targets = Properties['Targets'];

  expect(targets).not.toEqual([]);
  for (const one of targets as readonly unknown[]) {
    expect(deadLetters.map(({ id }) => id)).toContain(target(at(one, 'DeadLetterConfig', 'Arn')));
    expect(at(one, 'RetryPolicy', 'MaximumRetryAttempts')).toBeGreaterThan(0);
    expect(at(one, 'RetryPolicy', 'MaximumEventAgeInSeconds')).toBeGreaterThan(0);
  }
});

import { expect, test } from '@jest/globals';
import { at, list, render, resolve } from './support/references.ts';
import { every, type Resource } from './support/stages.ts';

const queues = every('AWS::SQS::Queue');
const mappings = every('AWS::Lambda::EventSourceMapping');
const policies = every('AWS::SQS::QueuePolicy');
const sourceOf = (mapping: Resource) => resolve(mapping, mapping.Properties['EventSourceArn']);
const consumerOf = (mapping: Resource) => resolve(mapping, mapping.Properties['FunctionName']);
const deadLettersOf = (queue: Resource) =>
  resolve(queue, at(queue.Properties, 'RedrivePolicy', 'deadLetterTargetArn'));
const sources = queues.filter((queue) => mappings.some((mapping) => sourceOf(mapping) === queue));
const deadLetters = queues.filter((queue) => !sources.includes(queue));
const DAYS = 24 * 60 * 60;

test.each(queues)('$stack: $id is encrypted', ({ Properties }) => {
  expect(Properties['SqsManagedSseEnabled']).toBe(true);
});

test.each(queues)('$stack: $id denies access without TLS', (queue) => {
  const policy = policies.find((candidate) =>
    list(candidate.Properties['Queues']).some((id) => resolve(candidate, id) === queue),
  );

  expect(at(policy, 'Properties', 'PolicyDocument', 'Statement')).toContainEqual(
    expect.objectContaining({
      Effect: 'Deny',
      Action: 'sqs:*',
      Principal: { AWS: '*' },
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      Resource: { 'Fn::GetAtt': [queue.id, 'Arn'] },
    }),
  );
});

test.each(queues)('$stack: $id has a dead-letter queue, or is one', (queue) => {
  expect(Object.keys(queue.Properties)).toContain(
    sources.includes(queue) ? 'RedrivePolicy' : 'RedriveAllowPolicy',
  );
});

test.each(sources)(
  '$stack: $id moves a message to its dead-letter queue after three receives',
  ({ Properties }) => {
    expect(at(Properties, 'RedrivePolicy', 'maxReceiveCount')).toBe(3);
  },
);

test.each(sources)(
  '$stack: $id has a short retention, because a dead letter keeps its age',
  (source) => {
    expect(at(deadLettersOf(source), 'Properties', 'MessageRetentionPeriod')).toBe(14 * DAYS);
    expect(source.Properties['MessageRetentionPeriod']).toBeLessThanOrEqual(4 * DAYS);
  },
);

test.each(sources)(
  '$stack: the dead-letter queue of $id accepts messages from no other queue',
  (source) => {
    const allowed = at(deadLettersOf(source), 'Properties', 'RedriveAllowPolicy');
    const { region } = source.stage.config;

    expect(at(allowed, 'redrivePermission')).toBe('byQueue');
    expect(list(at(allowed, 'sourceQueueArns')).map((arn) => render(source, arn))).toEqual([
      `arn:aws:sqs:${region}:<AWS::AccountId>:${render(source, source.Properties['QueueName'])}`,
    ]);
  },
);

test.each(mappings)(
  '$stack: the visibility timeout behind $id is six consumer timeouts plus the batch window',
  (mapping) => {
    const timeout = Number(consumerOf(mapping)?.Properties['Timeout']);
    const batchWindow = Number(mapping.Properties['MaximumBatchingWindowInSeconds']);

    expect(sourceOf(mapping)?.Properties['VisibilityTimeout']).toBeGreaterThanOrEqual(
      6 * timeout + batchWindow,
    );
  },
);

test('dead-letter queues without a source queue hold failures of AWS services only', () => {
  const ofServices = deadLetters.filter(
    (queue) => !sources.some((source) => deadLettersOf(source) === queue),
  );

  expect(ofServices).not.toEqual([]);
  for (const { Properties } of ofServices) {
    expect(Properties).toMatchObject({
      MessageRetentionPeriod: 14 * DAYS,
      RedriveAllowPolicy: { redrivePermission: 'denyAll' },
    });
  }
});

test.each(mappings)(
  '$stack: $id reports single failures and limits concurrency at the source',
  (mapping) => {
    const concurrency = Number(at(mapping.Properties, 'ScalingConfig', 'MaximumConcurrency'));
    const reserved = Number(
      consumerOf(mapping)?.Properties['ReservedConcurrentExecutions'] ?? concurrency,
    );

    expect(mapping.Properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
    expect(concurrency).toBeGreaterThanOrEqual(2);
    // A lower value would throttle polls, and each throttled poll uses up a receive.
    expect(reserved).toBeGreaterThanOrEqual(concurrency);
  },
);

test.each(every('AWS::Events::Rule'))(
  '$stack: $id retries, and keeps undelivered events in a dead-letter queue',
  (rule) => {
    const targets = list(rule.Properties['Targets']);

    expect(targets).not.toEqual([]);
    for (const target of targets) {
      expect(deadLetters).toContain(resolve(rule, at(target, 'DeadLetterConfig', 'Arn')));
      // Default: 185 attempts in 24 hours.
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
      expect(at(target, 'RetryPolicy', 'MaximumRetryAttempts') ?? 185).toBeGreaterThan(0);
      expect(at(target, 'RetryPolicy', 'MaximumEventAgeInSeconds') ?? 86_400).toBeGreaterThan(0);
    }
  },
);

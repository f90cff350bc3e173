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

test.each(queues)('$stack: $id refuses whoever comes without TLS', (queue) => {
  const policy = policies.find((one) =>
    list(one.Properties['Queues']).some((candidate) => resolve(one, candidate) === queue),
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

test.each(queues)(
  '$stack: $id redrives, or is where another queue or a service leaves what failed',
  (queue) => {
    expect(Object.keys(queue.Properties)).toContain(
      sources.includes(queue) ? 'RedrivePolicy' : 'RedriveAllowPolicy',
    );
  },
);

test.each(sources)('$stack: $id gives up on a message after three receives', ({ Properties }) => {
  expect(at(Properties, 'RedrivePolicy', 'maxReceiveCount')).toBe(3);
});

test.each(sources)(
  '$stack: $id leaves a dead letter most of the 14 days, as it keeps the age that it had',
  (source) => {
    expect(at(deadLettersOf(source), 'Properties', 'MessageRetentionPeriod')).toBe(14 * DAYS);
    expect(source.Properties['MessageRetentionPeriod']).toBeLessThanOrEqual(4 * DAYS);
  },
);

test.each(sources)(
  '$stack: the dead letters of $id take messages from no other queue',
  (source) => {
    const allowed = at(deadLettersOf(source), 'Properties', 'RedriveAllowPolicy');

    expect(at(allowed, 'redrivePermission')).toBe('byQueue');
    expect(list(at(allowed, 'sourceQueueArns')).map((arn) => render(source, arn))).toEqual([
      `arn:aws:sqs:${source.stage.config.region}:<AWS::AccountId>:${source.Properties['QueueName']}`,
    ]);
  },
);

test.each(mappings)(
  '$stack: $id finds a message hidden for six timeouts of its consumer and the window',
  (mapping) => {
    const timeout = Number(consumerOf(mapping)?.Properties['Timeout']);
    const batchWindow = Number(mapping.Properties['MaximumBatchingWindowInSeconds']);

    expect(sourceOf(mapping)?.Properties['VisibilityTimeout']).toBeGreaterThanOrEqual(
      6 * timeout + batchWindow,
    );
  },
);

test('what no queue redrives into holds the failures of services, and no queue may redrive into it', () => {
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

test.each(mappings)('$stack: $id reports single failures and brakes at the source', (mapping) => {
  const concurrency = Number(at(mapping.Properties, 'ScalingConfig', 'MaximumConcurrency'));
  const reserved = Number(
    consumerOf(mapping)?.Properties['ReservedConcurrentExecutions'] ?? concurrency,
  );

  expect(mapping.Properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
  expect(concurrency).toBeGreaterThanOrEqual(2);
  // Less would throttle polls, and each throttled poll uses up a receive.
  expect(reserved).toBeGreaterThanOrEqual(concurrency);
});

test.each(every('AWS::Events::Rule'))('$stack: $id keeps what it cannot deliver', (rule) => {
  const targets = list(rule.Properties['Targets']);

  expect(targets).not.toEqual([]);
  for (const one of targets) {
    expect(deadLetters).toContain(resolve(rule, at(one, 'DeadLetterConfig', 'Arn')));
    // Left out, EventBridge tries 185 times in 24 hours: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
    expect(at(one, 'RetryPolicy', 'MaximumRetryAttempts') ?? 185).toBeGreaterThan(0);
    expect(at(one, 'RetryPolicy', 'MaximumEventAgeInSeconds') ?? 86_400).toBeGreaterThan(0);
  }
});

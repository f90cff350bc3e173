import { expect, test } from '@jest/globals';
import { allChannels } from '../support/configurations.ts';
import { at, list, render, resolve } from '../support/references.ts';
import { every, type Resource, resources, stages } from '../support/stages.ts';

const topics = every('AWS::SNS::Topic');
const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
const subscriptions = ofType('AWS::SNS::Subscription');
const channels = ofType('AWS::Chatbot::SlackChannelConfiguration');
const topicOf = (subscription: Resource) =>
  resolve(subscription, subscription.Properties['TopicArn']);

test('the configurations cover mail, a pager and Slack', () => {
  const withSlack = stages.filter(({ config }) => config.onCall.slack);

  expect(withSlack.map(({ config }) => config.onCall)).toEqual([allChannels]);
  expect(subscriptions.filter(({ stage }) => withSlack.includes(stage))).toHaveLength(3);
  expect(channels).toHaveLength(1);
});

test('prod has at least one on-call subscriber', () => {
  expect(subscriptions.filter(({ stage }) => stage.stage === 'prod')).not.toEqual([]);
});

test.each(topics)('$stack: $id is encrypted with its own key, which rotates each year', (topic) => {
  const key = resolve(topic, at(topic.Properties, 'KmsMasterKeyId'));

  expect(key?.Type).toBe('AWS::KMS::Key');
  expect(key?.Properties['EnableKeyRotation']).toBe(true);
});

test.each(topics)('$stack: $id has exactly the subscribers of the stage settings', (topic) => {
  const { emails, httpsEndpoints, slack } = topic.stage.config.onCall;
  const endpoints = subscriptions
    .filter((subscription) => topicOf(subscription) === topic)
    .map(({ Properties }) => `${Properties['Protocol']} ${Properties['Endpoint']}`);
  const inChannels = channels
    .filter((channel) =>
      list(channel.Properties['SnsTopicArns']).some((arn) => resolve(channel, arn) === topic),
    )
    .map(({ Properties }) => [Properties['SlackWorkspaceId'], Properties['SlackChannelId']]);

  expect(endpoints.sort()).toEqual([
    ...emails.map((address) => `email ${address}`),
    ...httpsEndpoints.map((url) => `https ${url}`),
  ]);
  expect(inChannels).toEqual(slack ? [[slack.workspaceId, slack.channelId]] : []);
});

test.each(subscriptions)(
  '$stack: undelivered messages of $id go to a queue that SNS may write to',
  (subscription) => {
    const queue = resolve(
      subscription,
      at(subscription.Properties, 'RedrivePolicy', 'deadLetterTargetArn'),
    );
    const statements = every('AWS::SQS::QueuePolicy')
      .filter((policy) =>
        list(policy.Properties['Queues']).some((id) => resolve(policy, id) === queue),
      )
      .flatMap((policy) =>
        list(at(policy.Properties, 'PolicyDocument', 'Statement')).map((statement) => ({
          policy,
          statement,
        })),
      );
    const ofSns = statements.filter(
      ({ statement }) => at(statement, 'Principal', 'Service') === 'sns.amazonaws.com',
    );

    // alarm-coverage.test.ts checks that each dead-letter queue has an alarm.
    expect(queue?.Type).toBe('AWS::SQS::Queue');
    expect(
      ofSns.map(({ statement }) => [at(statement, 'Effect'), at(statement, 'Action')]),
    ).toEqual([['Allow', 'sqs:SendMessage']]);
    for (const { policy, statement } of ofSns)
      expect(resolve(policy, at(statement, 'Condition', 'ArnEquals', 'aws:SourceArn'))).toBe(
        topicOf(subscription),
      );
  },
);

test.each(channels)(
  '$stack: messages in the channel of $id cannot trigger any AWS action',
  (channel) => {
    const role = resolve(channel, channel.Properties['IamRoleArn']);
    const policies = ofType('AWS::IAM::Policy').filter((policy) =>
      list(policy.Properties['Roles']).some((id) => resolve(policy, id) === role),
    );

    expect(Object.keys(role?.Properties ?? {})).toEqual(['AssumeRolePolicyDocument']);
    expect(policies).toEqual([]);
    expect(
      list(channel.Properties['GuardrailPolicies']).map((arn) => render(channel, arn)),
    ).toEqual(['arn:<AWS::Partition>:iam::aws:policy/AWSDenyAll']);
  },
);

test.each(topics)(
  '$stack: one rule forwards on-call.alerted messages to $id unchanged',
  (topic) => {
    const rules = every('AWS::Events::Rule').filter(
      (rule) =>
        rule.stage === topic.stage &&
        list(rule.Properties['Targets']).some(
          (target) => resolve(rule, at(target, 'Arn')) === topic,
        ),
    );

    expect(
      rules.map(({ Properties }) => [
        Properties['EventPattern'],
        at(Properties, 'State') ?? 'ENABLED',
      ]),
    ).toEqual([
      [{ source: ['motion-mavericks.portal'], 'detail-type': ['on-call.alerted'] }, 'ENABLED'],
    ]);
    expect(
      rules.flatMap((rule) =>
        list(rule.Properties['Targets']).map((target) => at(target, 'InputPath')),
      ),
    ).toEqual(['$.detail.message']);
  },
);

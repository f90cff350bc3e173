import { expect, test } from '@jest/globals';
import { everybody } from './support/configurations.ts';
import { at, list, render, resolve } from './support/references.ts';
import { every, type Resource, resources, stages } from './support/stages.ts';

const topics = every('AWS::SNS::Topic');
const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
const subscriptions = ofType('AWS::SNS::Subscription');
const channels = ofType('AWS::Chatbot::SlackChannelConfiguration');
const topicOf = (one: Resource) => resolve(one, one.Properties['TopicArn']);

test('a configuration that is looked at tells everybody: by mail, by a pager, and in Slack', () => {
  const told = stages.filter(({ config }) => config.onCall.slack);

  expect(told.map(({ config }) => config.onCall)).toEqual([everybody]);
  expect(subscriptions.filter(({ stage }) => told.includes(stage))).toHaveLength(3);
  expect(channels).toHaveLength(1);
});

test('prod tells somebody', () => {
  expect(subscriptions.filter(({ stage }) => stage.stage === 'prod')).not.toEqual([]);
});

test.each(topics)(
  '$stack: $id is encrypted with a key of its own, which is replaced each year',
  (topic) => {
    const key = resolve(topic, at(topic.Properties, 'KmsMasterKeyId'));

    expect(key?.Type).toBe('AWS::KMS::Key');
    expect(key?.Properties['EnableKeyRotation']).toBe(true);
  },
);

test.each(topics)('$stack: $id tells those of the stage, and nobody else', (topic) => {
  const { emails, httpsEndpoints, slack } = topic.stage.config.onCall;
  const told = subscriptions
    .filter((one) => topicOf(one) === topic)
    .map(({ Properties }) => `${Properties['Protocol']} ${Properties['Endpoint']}`);
  const inChannels = channels
    .filter((one) =>
      list(one.Properties['SnsTopicArns']).some((arn) => resolve(one, arn) === topic),
    )
    .map(({ Properties }) => [Properties['SlackWorkspaceId'], Properties['SlackChannelId']]);

  expect(told.sort()).toEqual([
    ...emails.map((one) => `email ${one}`),
    ...httpsEndpoints.map((one) => `https ${one}`),
  ]);
  expect(inChannels).toEqual(slack ? [[slack.workspaceId, slack.channelId]] : []);
});

test.each(subscriptions)(
  '$stack: what $id did not get is kept, where an alarm sees it',
  (subscription) => {
    const kept = resolve(
      subscription,
      at(subscription.Properties, 'RedrivePolicy', 'deadLetterTargetArn'),
    );
    const statements = every('AWS::SQS::QueuePolicy')
      .filter((one) => list(one.Properties['Queues']).some((queue) => resolve(one, queue) === kept))
      .flatMap((policy) =>
        list(at(policy.Properties, 'PolicyDocument', 'Statement')).map((one) => ({ policy, one })),
      );
    const ofSns = statements.filter(
      ({ one }) => at(one, 'Principal', 'Service') === 'sns.amazonaws.com',
    );

    // That each queue of dead letters has an alarm is said of all of them: alarms.test.ts.
    expect(kept?.Type).toBe('AWS::SQS::Queue');
    expect(ofSns.map(({ one }) => [at(one, 'Effect'), at(one, 'Action')])).toEqual([
      ['Allow', 'sqs:SendMessage'],
    ]);
    for (const { policy, one } of ofSns)
      expect(resolve(policy, at(one, 'Condition', 'ArnEquals', 'aws:SourceArn'))).toBe(
        topicOf(subscription),
      );
  },
);

test.each(channels)('$stack: whoever writes in the channel of $id can do nothing', (channel) => {
  const role = resolve(channel, channel.Properties['IamRoleArn']);
  const policies = ofType('AWS::IAM::Policy').filter((one) =>
    list(one.Properties['Roles']).some((each) => resolve(one, each) === role),
  );

  expect(Object.keys(role?.Properties ?? {})).toEqual(['AssumeRolePolicyDocument']);
  expect(policies).toEqual([]);
  expect(list(channel.Properties['GuardrailPolicies']).map((one) => render(channel, one))).toEqual([
    'arn:<AWS::Partition>:iam::aws:policy/AWSDenyAll',
  ]);
});

test.each(topics)(
  '$stack: what the system has to say itself, as of exhausted events, goes to $id as it is',
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
      rules.flatMap((rule) => list(rule.Properties['Targets']).map((one) => at(one, 'InputPath'))),
    ).toEqual(['$.detail.message']);
  },
);

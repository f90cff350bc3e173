import { expect, test } from '@jest/globals';
import { isOfCdk } from './support/our-functions.ts';
import { at, list, render, resolve } from './support/references.ts';
import { every, type Resource, resources, stages } from './support/stages.ts';

const ofServices = resources
  .flatMap((one) => [
    ...list(at(one.Properties['KeyPolicy'], 'Statement')).map((statement) => ({ one, statement })),
    ...(one.Type === 'AWS::SNS::TopicPolicy' || one.Type === 'AWS::IAM::Role'
      ? list(
          at(
            one.Properties['PolicyDocument'] ?? one.Properties['AssumeRolePolicyDocument'],
            'Statement',
          ),
        )
      : []
    ).map((statement) => ({ one, statement })),
  ])
  .map(({ one, statement }) => ({
    ...{ stack: one.stack, id: one.id, one, statement },
    service: list(at(statement, 'Principal', 'Service')).join(),
  }))
  .filter(
    ({ one, service }) => service !== '' && service !== 'lambda.amazonaws.com' && !isOfCdk(one),
  )
  .filter(({ service }) => service !== 'chatbot.amazonaws.com');

// A service works for every account. Lambda's roles can be given to a function by this account alone; of the chat
// integration nothing says that it names an account, so its role may do nothing.
test.each(ofServices)(
  '$stack: $service has the use of $id for nothing but this account',
  ({ statement }) => {
    expect(at(statement, 'Condition', 'StringEquals', 'aws:SourceAccount')).toEqual({
      Ref: 'AWS::AccountId',
    });
  },
);

test('services are let in by keys, by topics and by roles', () => {
  expect(new Set(ofServices.map(({ one }) => one.Type))).toEqual(
    new Set(['AWS::KMS::Key', 'AWS::SNS::TopicPolicy', 'AWS::IAM::Role']),
  );
});

test.each(every('AWS::SNS::Topic'))(
  '$stack: CloudWatch may publish to $id, and use its key',
  (topic) => {
    const policies = every('AWS::SNS::TopicPolicy').filter((policy) =>
      list(policy.Properties['Topics']).some((one) => resolve(policy, one) === topic),
    );
    const key = resolve(topic, at(topic.Properties, 'KmsMasterKeyId'));
    const principals = (document: unknown, action: string) =>
      list(at(document, 'Statement'))
        .filter((one) => at(one, 'Effect') === 'Allow' && list(at(one, 'Action')).includes(action))
        .map((one) => at(one, 'Principal', 'Service'));

    expect(
      policies.flatMap(({ Properties }) => principals(Properties['PolicyDocument'], 'sns:Publish')),
    ).toEqual(['cloudwatch.amazonaws.com']);
    expect(principals(key?.Properties['KeyPolicy'], 'kms:Decrypt')).toEqual([
      'cloudwatch.amazonaws.com',
    ]);
  },
);

const alerts = every('AWS::Events::Rule').flatMap((rule) =>
  list(rule.Properties['Targets'])
    .map((target) => ({ rule, target, topic: resolve(rule, at(target, 'Arn')) as Resource }))
    .filter(({ topic }) => topic?.Type === 'AWS::SNS::Topic'),
);

test('in each stage EventBridge publishes to the topic in the name of a role that may, and use its key', () => {
  expect(alerts.map(({ rule }) => rule.stage)).toEqual(stages);
  for (const { rule, target, topic } of alerts) {
    const role = resolve(rule, at(target, 'RoleArn'));
    const granted = list(role?.Properties['Policies'])
      .flatMap((policy) => list(at(policy, 'PolicyDocument', 'Statement')))
      .flatMap((one) =>
        list(at(one, 'Action')).map((action) => `${action} ${render(rule, at(one, 'Resource'))}`),
      );
    const key = resolve(topic, at(topic.Properties, 'KmsMasterKeyId'))?.id;

    expect(at(role, 'Properties', 'AssumeRolePolicyDocument', 'Statement', 0, 'Principal')).toEqual(
      {
        Service: 'events.amazonaws.com',
      },
    );
    expect(granted).toEqual([
      `sns:Publish <${topic.id}>`,
      `kms:Decrypt <${key}>`,
      `kms:GenerateDataKey <${key}>`,
    ]);
  }
});

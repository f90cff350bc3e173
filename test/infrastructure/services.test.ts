import { expect, test } from '@jest/globals';
import { isOfCdk } from './support/our-functions.ts';
import { at, list, render, resolve } from './support/references.ts';
import { every, type Resource, resources, stages } from './support/stages.ts';

/** Statements that let an AWS service use a resource or assume a role. */
const serviceStatements = resources
  .flatMap((resource) => [
    ...list(at(resource.Properties['KeyPolicy'], 'Statement')).map((statement) => ({
      resource,
      statement,
    })),
    ...(resource.Type === 'AWS::SNS::TopicPolicy' || resource.Type === 'AWS::IAM::Role'
      ? list(
          at(
            resource.Properties['PolicyDocument'] ??
              resource.Properties['AssumeRolePolicyDocument'],
            'Statement',
          ),
        )
      : []
    ).map((statement) => ({ resource, statement })),
  ])
  .map(({ resource, statement }) => ({
    stack: resource.stack,
    id: resource.id,
    resource,
    statement,
    service: list(at(statement, 'Principal', 'Service')).join(),
  }))
  .filter(
    ({ resource, service }) =>
      service !== '' && service !== 'lambda.amazonaws.com' && !isOfCdk(resource),
  )
  .filter(({ service }) => service !== 'chatbot.amazonaws.com');

// AWS services work for every account. Only this account can give its roles to a Lambda function.
// AWS does not document that the chat integration names an account, so its role has no permission.
test.each(serviceStatements)(
  '$stack: $service may use $id only for this account',
  ({ statement }) => {
    expect(at(statement, 'Condition', 'StringEquals', 'aws:SourceAccount')).toEqual({
      Ref: 'AWS::AccountId',
    });
  },
);

test('keys, topics and roles allow services', () => {
  expect(new Set(serviceStatements.map(({ resource }) => resource.Type))).toEqual(
    new Set(['AWS::KMS::Key', 'AWS::SNS::TopicPolicy', 'AWS::IAM::Role']),
  );
});

test.each(every('AWS::SNS::Topic'))(
  '$stack: CloudWatch may publish to $id, and use its key',
  (topic) => {
    const policies = every('AWS::SNS::TopicPolicy').filter((policy) =>
      list(policy.Properties['Topics']).some((id) => resolve(policy, id) === topic),
    );
    const key = resolve(topic, at(topic.Properties, 'KmsMasterKeyId'));
    const principals = (document: unknown, action: string) =>
      list(at(document, 'Statement'))
        .filter((statement) => at(statement, 'Effect') === 'Allow')
        .filter((statement) => list(at(statement, 'Action')).includes(action))
        .map((statement) => at(statement, 'Principal', 'Service'));

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

test('in each stage EventBridge publishes with a role that may use the topic and its key', () => {
  expect(alerts.map(({ rule }) => rule.stage)).toEqual(stages);
  for (const { rule, target, topic } of alerts) {
    const role = resolve(rule, at(target, 'RoleArn'));
    const granted = list(role?.Properties['Policies'])
      .flatMap((policy) => list(at(policy, 'PolicyDocument', 'Statement')))
      .flatMap((statement) => {
        const resource = render(rule, at(statement, 'Resource'));
        return list(at(statement, 'Action')).map((action) => `${action} ${resource}`);
      });
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

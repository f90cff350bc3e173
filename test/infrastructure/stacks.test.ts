import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { type Resource, readJson, resources, stages } from './support/stages.ts';

/** What holds something that no deploy can make again, and what this cannot be reached without. */
const stateful = new Set([
  'AWS::DynamoDB::Table',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::VPC',
  'AWS::Events::Archive',
  'AWS::Events::EventBus',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBClusterParameterGroup',
  'AWS::RDS::DBInstance',
  'AWS::RDS::DBSubnetGroup',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
]);

/** What a deploy makes anew without loss; a log group's lines are kept for days as it is. */
const stateless = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Chatbot::SlackChannelConfiguration',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::EC2::EIP',
  'AWS::EC2::FlowLog',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SecretsManager::SecretTargetAttachment',
  'Custom::Trigger',
]);

const secrets = resources.filter(({ Type }) => Type === 'AWS::SecretsManager::Secret');

/** Every file that a deploy uploads as it is, or that describes what it makes. */
const written = stages.flatMap(({ stage, directory, config }) =>
  readdirSync(directory)
    .filter((file) => /\.(template|assets)\.json$/.test(file))
    .map((file) => ({
      stage,
      file,
      account: config.account,
      text: readFileSync(join(directory, file), 'utf8'),
    })),
);

test('each type of resource is known to hold something that no deploy can make again, or not to', () => {
  const types = new Set(resources.map(({ Type }) => Type));

  expect([...types].filter((type) => !stateful.has(type) && !stateless.has(type))).toEqual([]);
});

test.each(holding(stateful))(
  '$stack: $id outlives its stack, except where its first deployment fails',
  (resource) => {
    expect(resource).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  },
);

test.each(secrets)(
  '$stack: $id is made without a value, or with one that nobody has seen',
  (secret) => {
    const isOfAurora = secret.Properties['Name'] === secret.stage.config.databaseSecretName;

    expect(Object.keys(secret.Properties).sort()).toEqual(
      isOfAurora ? ['Description', 'GenerateSecretString', 'Name'] : ['Description', 'Name'],
    );
  },
);

test.each(written)('$file holds no secret and no account', ({ text, account }) => {
  const accounts = text.match(/(?<![\w-])\d{12}(?![\w-])/g) ?? [];

  expect(
    text.match(
      /postgres(ql)?:\/\/|whsec_[\w+/]{8}|\bre_\w{8}|BEGIN [A-Z ]*PRIVATE|\b(AKIA|ASIA)[0-9A-Z]{16}\b/g,
    ),
  ).toBeNull();
  // An operator may name the account of a stage in cdk.json.
  expect(accounts.filter((one) => one !== account)).toEqual([]);
});

test.each(stages)(
  '$stage is protected from deletion as cdk.json says, and prod always is',
  (stage) => {
    const { artifacts } = manifest.parse(readJson(stage.directory, 'manifest.json'));
    const stacks = Object.values(artifacts).filter(
      ({ type }) => type === 'aws:cloudformation:stack',
    );

    expect(stacks).toHaveLength(Object.keys(stage.stacks).length);
    for (const { properties } of stacks) {
      expect(properties.terminationProtection ?? false).toBe(stage.config.terminationProtection);
      expect(properties.terminationProtection ?? false).toBe(stage.stage.startsWith('prod'));
    }
  },
);

test.each(stages)(
  '$stage needs no lookup in an account: all that it depends on is in the repository',
  (stage) => {
    expect(manifest.parse(readJson(stage.directory, 'manifest.json')).missing ?? []).toEqual([]);
  },
);

const manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.object({ terminationProtection: z.boolean().optional() }).default({}),
    }),
  ),
  missing: z.array(z.unknown()).optional(),
});

function holding(types: ReadonlySet<string>): readonly Resource[] {
  const found = resources.filter(({ Type }) => types.has(Type));
  if (found.length === 0) throw new Error('The app holds nothing that has to survive.');
  return found;
}

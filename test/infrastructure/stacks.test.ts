import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { type Resource, readJson, resources, stages } from './support/stages.ts';

/**
 * Types that hold state which no deploy can recreate, types that are needed to reach it, and the
 * policies that deny access to it without TLS.
 */
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
  'AWS::S3::BucketPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::Secret',
]);

/** Types that a deploy can recreate. Log groups are included: their retention is only days. */
const stateless = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Chatbot::SlackChannelConfiguration',
  'AWS::CloudTrail::Trail',
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
  'AWS::EventSchemas::Registry',
  'AWS::EventSchemas::Schema',
  'AWS::Events::Rule',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::Logs::QueryDefinition',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::Scheduler::Schedule',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SecretsManager::SecretTargetAttachment',
  'Custom::Trigger',
]);

const secrets = resources.filter(({ Type }) => Type === 'AWS::SecretsManager::Secret');

/** Templates and asset manifests, as a deploy reads them. */
const deployedFiles = stages.flatMap(({ stage, directory, config }) =>
  readdirSync(directory)
    .filter((file) => /\.(template|assets)\.json$/.test(file))
    .map((file) => ({
      stage,
      file,
      account: config.account,
      text: readFileSync(join(directory, file), 'utf8'),
    })),
);

test('every resource type is classified as stateful or stateless', () => {
  const types = new Set(resources.map(({ Type }) => Type));

  expect([...types].filter((type) => !stateful.has(type) && !stateless.has(type))).toEqual([]);
});

test.each(resourcesOf(stateful))(
  '$stack: $id is retained, except when its first deployment fails',
  (resource) => {
    expect(resource).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  },
);

/** Properties that give a resource a name which must be unique in its account and region. */
const nameProperties = ['BucketName', 'Name', 'QueueName', 'ArchiveName', 'DBInstanceIdentifier'];

/** Names of a resource that the next stack of the same stage would use again. */
const fixedNames = ({ Properties }: Resource) =>
  nameProperties.filter((property) => {
    const name = Properties[property];
    return name !== undefined && !JSON.stringify(name).includes('AWS::StackId');
  });

test.each(resourcesOf(stateful).filter(({ stack }) => stack.endsWith('-webhooks')))(
  '$stack: $id does not keep the next stack of the stage from being created',
  (resource) => {
    expect(fixedNames(resource)).toEqual([]);
  },
);

test('only secrets and the bus outlive the data stack under a fixed name', () => {
  const named = resourcesOf(stateful).filter(
    (resource) => resource.stack.endsWith('-data') && fixedNames(resource).length > 0,
  );

  // docs/deploy.md explains how a new data stack imports them.
  expect([...new Set(named.map(({ Type }) => Type))].sort()).toEqual([
    'AWS::Events::EventBus',
    'AWS::SecretsManager::Secret',
  ]);
});

test.each(secrets)('$stack: $id has no value, or a generated one', (secret) => {
  const { stage, config } = secret.stage;
  const generated = [
    config.databaseSecretName,
    `motion-mavericks/${stage}/portal-api/response-secret`,
  ];

  expect(Object.keys(secret.Properties).sort()).toEqual(
    generated.includes(String(secret.Properties['Name']))
      ? ['Description', 'GenerateSecretString', 'Name']
      : ['Description', 'Name'],
  );
});

const secretPatterns = [
  /postgres(ql)?:\/\//,
  /whsec_[\w+/]{8}/,
  /\bre_\w{8}/,
  /BEGIN [A-Z ]*PRIVATE/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
];

test.each(deployedFiles)('$file contains no secret and no account id', ({ text, account }) => {
  const accounts = text.match(/(?<![\w-])\d{12}(?![\w-])/g) ?? [];

  for (const secret of secretPatterns) expect(text).not.toMatch(secret);
  // cdk.json may name the account of a stage.
  expect(accounts.filter((found) => found !== account)).toEqual([]);
});

test.each(deployedFiles)('$file contains only ASCII characters', ({ text }) => {
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
});

test.each(stages)(
  '$stage has the termination protection of cdk.json, and prod always has it',
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

test.each(stages)('$stage synthesizes without a lookup in an account', (stage) => {
  expect(manifest.parse(readJson(stage.directory, 'manifest.json')).missing ?? []).toEqual([]);
});

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

function resourcesOf(types: ReadonlySet<string>): readonly Resource[] {
  const found = resources.filter(({ Type }) => types.has(Type));
  if (found.length === 0) throw new Error('The app has no stateful resource.');
  return found;
}

import { z } from 'zod';
import type { Resource } from './assembly.ts';
import { functionNameIn, type Identity } from './identities.ts';
import type { Template } from './template.ts';

const text = z.string();
const target = z.object({
  Arn: text,
  // EventBridge's defaults: 24 hours and 185 retries.
  RetryPolicy: z
    .object({
      MaximumRetryAttempts: z.number().default(185),
      MaximumEventAgeInSeconds: z.number().default(86_400),
    })
    .prefault({}),
  DeadLetterConfig: z.object({ Arn: text.optional() }).optional(),
  Input: text.optional(),
  InputPath: text.optional(),
  InputTransformer: z.unknown().optional(),
});

/** Properties that local mode uses, for each resource type that it runs. */
const schemas = {
  'AWS::Lambda::Function': z.object({
    Code: z.object({ S3Key: text }),
    Description: text.default(''),
    Handler: text,
    Timeout: z.number().default(3),
    MemorySize: z.number().default(128),
    ReservedConcurrentExecutions: z.number().optional(),
    Role: text.default(''),
    Environment: z.object({ Variables: z.record(text, z.coerce.string()) }).optional(),
  }),
  'AWS::Lambda::EventSourceMapping': z.object({
    EventSourceArn: text,
    FunctionName: text.transform(functionNameIn),
    BatchSize: z.number().default(10),
    MaximumBatchingWindowInSeconds: z.number().default(0),
    FunctionResponseTypes: z.array(text).default([]),
    ScalingConfig: z.object({ MaximumConcurrency: z.number().optional() }).optional(),
    Enabled: z.boolean().default(true),
    FilterCriteria: z
      .undefined({ error: 'local/aws/lambda/event-source-mapping.ts has no filters' })
      .optional(),
  }),
  'AWS::Lambda::EventInvokeConfig': z.object({
    FunctionName: text.transform(functionNameIn),
    MaximumRetryAttempts: z.number().default(2),
    DestinationConfig: z
      .object({ OnFailure: z.object({ Destination: text }).optional() })
      .optional(),
  }),
  'AWS::SQS::Queue': z.object({
    VisibilityTimeout: z.number().default(30),
    DelaySeconds: z.number().default(0),
    RedrivePolicy: z
      .object({ deadLetterTargetArn: text, maxReceiveCount: z.coerce.number() })
      .optional(),
    FifoQueue: z.undefined({ error: 'local/aws/sqs.ts has standard queues only' }).optional(),
  }),
  'AWS::ApiGatewayV2::Api': z.object({ ProtocolType: z.literal('HTTP').default('HTTP') }),
  'AWS::ApiGatewayV2::Route': z.object({
    RouteKey: text,
    Target: text,
    AuthorizationType: text.default('NONE'),
  }),
  'AWS::ApiGatewayV2::Integration': z.object({
    IntegrationType: z.literal('AWS_PROXY'),
    IntegrationUri: text.transform(functionNameIn),
    PayloadFormatVersion: z.literal('2.0'),
  }),
  'AWS::ApiGatewayV2::Stage': z.object({ StageName: text }),
  'AWS::Events::EventBus': z.object({}),
  'AWS::Events::Rule': z.object({
    EventBusName: text.default('default'),
    EventPattern: z.record(text, z.unknown()),
    State: text.default('ENABLED'),
    Targets: z.array(target).default([]),
  }),
  'AWS::Scheduler::Schedule': z.object({
    ScheduleExpression: text,
    ScheduleExpressionTimezone: text.default('UTC'),
    State: text.default('ENABLED'),
    Target: target,
  }),
  'AWS::S3::Bucket': z.object({}),
  'AWS::SecretsManager::Secret': z.object({ Name: text }),
  'Custom::Trigger': z.object({ HandlerArn: text.transform(functionNameIn) }),
} as const;

type Schemas = typeof schemas;
export type ResourceType = keyof Schemas;

export interface ParsedResource<Type extends ResourceType> {
  readonly id: string;
  readonly identity: Identity;
  readonly properties: z.infer<Schemas[Type]>;
}

/**
 * Types that have no effect in local mode.
 * Local mode warns about every other type that is not in `schemas`.
 */
const ignoredTypes = new Set([
  'AWS::ApiGatewayV2::Deployment',
  'AWS::CDK::Metadata',
  'AWS::Chatbot::SlackChannelConfiguration',
  'AWS::CloudTrail::Trail',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::EventSchemas::Registry',
  'AWS::EventSchemas::Schema',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::EC2::EIP',
  'AWS::EC2::FlowLog',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NatGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::Events::Archive',
  'AWS::Events::EventBusPolicy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBClusterParameterGroup',
  'AWS::RDS::DBInstance',
  'AWS::RDS::DBSubnetGroup',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::SecretsManager::SecretTargetAttachment',
]);

export interface Resources {
  ofType<Type extends ResourceType>(type: Type): readonly ParsedResource<Type>[];
  /** Types that local mode neither runs nor ignores on purpose. */
  readonly unknownTypes: readonly string[];
}

export function readResources(template: Template): Resources {
  const cdkFunctions = customResourceHandlers(template);

  function parse<Type extends ResourceType>(type: Type, resource: Resource): ParsedResource<Type> {
    const parsed = schemas[type].safeParse(template.resolve(resource.stack, resource.properties));
    if (!parsed.success) {
      const problems = parsed.error.issues
        .map(({ path, message }) => `${path.join('.')}: ${message}`)
        .join('; ');
      throw new Error(
        `Local mode cannot run ${type} ${resource.stack}/${resource.id}: ${problems}.`,
      );
    }
    const properties = parsed.data as z.infer<Schemas[Type]>;
    return { id: resource.id, identity: template.identity(resource), properties };
  }

  return {
    ofType: (type) =>
      template.resources
        .filter(
          (resource) =>
            resource.type === type && !cdkFunctions.has(template.identity(resource).ref),
        )
        .map((resource) => parse(type, resource)),
    unknownTypes: [...new Set(template.resources.map(({ type }) => type))].filter(
      (type) => !(type in schemas) && !ignoredTypes.has(type),
    ),
  };
}

/** Returns the CDK's own functions: the handlers of custom resources, called during a deploy. */
function customResourceHandlers({ resources, resolve }: Template): Set<string> {
  return new Set(
    resources
      .filter(
        ({ type }) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource',
      )
      .map(({ stack, properties }) =>
        functionNameIn(String(resolve(stack, properties['ServiceToken']))),
      ),
  );
}

import { ACCOUNT_ID } from '../aws/account-id.ts';
import type { Resource } from './assembly.ts';

/** Values that CloudFormation knows about a created resource: for `Ref` and for `Fn::GetAtt`. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** @param property Returns the resolved value of a property of the resource. */
export type Identify = (
  resource: Resource,
  region: string,
  property: (name: string) => unknown,
) => Identity;

export interface LocalUrls {
  readonly queues: string;
  readonly api: string;
}

/** Returns names and ARNs in the format of AWS, and URLs of this machine. */
export function localIdentities({ queues, api }: LocalUrls): Identify {
  return function identify(resource, region, property) {
    const name = physicalName(resource, property);
    const arn = (service: string, rest: string) =>
      `arn:aws:${service}:${region}:${ACCOUNT_ID}:${rest}`;
    switch (resource.type) {
      case 'AWS::SQS::Queue': {
        const url = `${queues}/${ACCOUNT_ID}/${name}`;
        return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
      }
      case 'AWS::Lambda::Function':
        return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } };
      case 'AWS::Lambda::Version':
        return qualified(property('FunctionName'), '1', arn);
      case 'AWS::Lambda::Alias':
        return qualified(property('FunctionName'), String(property('Name')), arn);
      case 'AWS::Events::EventBus':
        return { ref: name, attributes: { Arn: arn('events', `event-bus/${name}`), Name: name } };
      case 'AWS::SNS::Topic':
        return {
          ref: arn('sns', name),
          attributes: { TopicArn: arn('sns', name), TopicName: name },
        };
      case 'AWS::SecretsManager::Secret': {
        const secret = arn('secretsmanager', `secret:${name}-LocaLx`);
        return { ref: secret, attributes: { Id: secret } };
      }
      case 'AWS::S3::Bucket':
        return {
          ref: name.toLowerCase(),
          attributes: { Arn: `arn:aws:s3:::${name.toLowerCase()}` },
        };
      case 'AWS::KMS::Key':
        return { ref: name, attributes: { Arn: arn('kms', `key/${name}`), KeyId: name } };
      case 'AWS::ApiGatewayV2::Api':
        return { ref: 'local', attributes: { ApiId: 'local', ApiEndpoint: api } };
      default:
        return { ref: name, attributes: { Arn: arn('local', `${resource.type}/${name}`) } };
    }
  };
}

function qualified(
  functionName: unknown,
  qualifier: string,
  arn: (service: string, rest: string) => string,
): Identity {
  const name = functionNameIn(String(functionName));
  const ref = arn('lambda', `function:${name}:${qualifier}`);
  return { ref, attributes: { Arn: ref, AliasArn: ref, FunctionArn: ref, Version: qualifier } };
}

/** Returns the function name from a name, an ARN, or the ARN of a version or alias. */
export function functionNameIn(nameOrArn: string): string {
  return /^arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
}

const nameProperties: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
};

/** Cuts generated names to 64 characters: Lambda's limit, the strictest of all services. */
function physicalName({ stack, id, type }: Resource, property: (name: string) => unknown): string {
  const given = property(nameProperties[type] ?? 'Name');
  return typeof given === 'string' ? given : `${stack}-${id}`.slice(-64);
}

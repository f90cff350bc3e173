import type { DeployedFunctions } from '../aws/lambda/deployed-functions.ts';
import { UserError } from '../user-error.ts';
import type { Resources } from './resources.ts';
import type { Template } from './template.ts';

export interface Surroundings {
  readonly region: string;
  readonly queues: string;
  readonly aws: string;
  readonly evidence: string;
  /** Undefined where mails go to the real Resend. */
  readonly resend: string | undefined;
  /** Undefined where uploads are made at the real Mux. */
  readonly mux: string | undefined;
}

/** What Lambda and this machine put into the environment of every function; the template's own variables come on top. */
export function functionEnvironment({
  region,
  queues,
  aws,
  evidence,
  resend,
  mux,
}: Surroundings): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // Nobody checks them, but a client without credentials signs nothing and sends nothing.
    AWS_ACCESS_KEY_ID: 'LOCAL',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL_SQS: queues,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws,
    AWS_ENDPOINT_URL_EVENTBRIDGE: aws,
    AWS_ENDPOINT_URL_S3: evidence,
    AWS_ENDPOINT_URL_LAMBDA: aws,
    AWS_ENDPOINT_URL_CLOUDWATCH: aws,
    ...(resend === undefined ? {} : { RESEND_BASE_URL: resend }),
    ...(mux === undefined ? {} : { MUX_BASE_URL: mux }),
  };
}

/** Secrets that the template makes, and those that it only reads: the database's is there before any deploy. */
export function secretNames(resources: Resources): readonly string[] {
  const made = resources.of('AWS::SecretsManager::Secret').map(({ properties }) => properties.Name);
  const read = resources
    .of('AWS::Lambda::Function')
    .flatMap(({ properties }) => Object.entries(properties.Environment?.Variables ?? {}))
    .flatMap(([variable, value]) => (variable.endsWith('_SECRET_ID') ? [value] : []));
  return [...new Set([...made, ...read])];
}

/** What CloudFormation calls while it deploys, such as the migrations. One that fails fails the start, as it would a deploy. */
export async function runTriggers(
  resources: Resources,
  functions: DeployedFunctions,
): Promise<void> {
  for (const { id, properties } of resources.of('Custom::Trigger')) {
    const invocation = await functions.named(properties.HandlerArn).invoke({});
    if (!invocation.ok)
      throw new UserError(
        `${id}, which a deploy runs before anything else, failed: ${invocation.fault.errorMessage}`,
      );
  }
}

/** The outputs that a stack has for people; those with an export name are for other stacks. */
export function outputsOf({ outputs, resolve }: Template): Record<string, string> {
  return Object.fromEntries(
    outputs
      .filter(({ exportName }) => exportName === undefined)
      .map(({ id, stack, value }) => [id, String(resolve(stack, value))]),
  );
}

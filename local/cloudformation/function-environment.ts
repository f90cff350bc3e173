import { runsAheadVariable } from '../../lambdas/jobs/due-time.ts';
import type { DeployedFunctions } from '../aws/lambda/deployed-functions.ts';
import type { LocalFunction } from '../aws/lambda/functions.ts';
import { UserError } from '../user-error.ts';
import type { Resources } from './resources.ts';
import type { Template } from './template.ts';

/** URLs of the services that functions call. */
export interface ServiceEndpoints {
  readonly region: string;
  readonly queues: string;
  readonly aws: string;
  readonly s3: string;
  /** URL of each provider's sandbox, by environment variable. */
  readonly sandboxes: Readonly<Record<string, string>>;
}

/**
 * Returns the environment variables of every function: those of Lambda and the local endpoints.
 * The variables of the template are added to these and win.
 */
export function functionEnvironment({
  region,
  queues,
  aws,
  s3,
  sandboxes,
}: ServiceEndpoints): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // Not verified, but an AWS client without credentials sends no request. The access key is set
    // for each function, because it names the role.
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL_SQS: queues,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws,
    AWS_ENDPOINT_URL_EVENTBRIDGE: aws,
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ENDPOINT_URL_LAMBDA: aws,
    AWS_ENDPOINT_URL_CLOUDWATCH: aws,
    AWS_ENDPOINT_URL_KMS: aws,
    [runsAheadVariable]: 'allowed',
    ...sandboxes,
  };
}

/**
 * Returns the secrets that the template creates and those that it only reads.
 * The database secret is of the second kind: it exists before any deploy.
 */
export function secretNames(resources: Resources): readonly string[] {
  const created = resources
    .ofType('AWS::SecretsManager::Secret')
    .map(({ properties }) => properties.Name);
  const read = resources
    .ofType('AWS::Lambda::Function')
    .flatMap(({ properties }) => Object.entries(properties.Environment?.Variables ?? {}))
    .flatMap(([variable, value]) => (variable.endsWith('_SECRET_ID') ? [value] : []));
  return [...new Set([...created, ...read])];
}

/**
 * Invokes the functions that CloudFormation calls during a deploy, such as the migrations.
 * A failure ends the start, as it ends a deploy.
 * @param changed Functions whose triggers run; default: all.
 */
export async function runTriggers(
  resources: Resources,
  functions: Pick<DeployedFunctions, 'named'>,
  changed?: readonly LocalFunction[],
): Promise<void> {
  for (const { id, properties } of resources.ofType('Custom::Trigger')) {
    const target = functions.named(properties.HandlerArn);
    if (changed?.includes(target) === false) continue;
    const invocation = await target.invoke({});
    if (!invocation.ok)
      throw new UserError(
        `${id}, which runs at the start of a deploy, failed: ${invocation.error.errorMessage}`,
      );
  }
}

/** Returns the outputs for people. Outputs with an export name are for other stacks. */
export function outputsOf({ outputs, resolve }: Template): Record<string, string> {
  return Object.fromEntries(
    outputs
      .filter(({ exportName }) => exportName === undefined)
      .map(({ id, stack, value }) => [id, String(resolve(stack, value))]),
  );
}

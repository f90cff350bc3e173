import { join } from 'node:path';
import { startAwsEndpoint } from './aws/aws-endpoint.ts';
import type { EventBuses } from './aws/eventbridge/eventbridge.ts';
import { openKeys } from './aws/kms.ts';
import type { DeployedFunctions } from './aws/lambda/deployed-functions.ts';
import type { Isolation } from './aws/lambda/function-runtime.ts';
import type { MetricStore } from './aws/metric-store.ts';
import { type LocalS3, startS3 } from './aws/s3.ts';
import { type LocalSecrets, openSecrets } from './aws/secret-store.ts';
import { type LocalQueues, startQueues } from './aws/sqs.ts';
import type { Cleanups } from './cleanups.ts';
import type { Assembly } from './cloudformation/assembly.ts';
import { deployQueues } from './cloudformation/deploy.ts';
import type { DeployContext } from './cloudformation/deploy-functions.ts';
import { codeOfAssembly } from './cloudformation/function-code.ts';
import { functionEnvironment, secretNames } from './cloudformation/function-environment.ts';
import { localIdentities } from './cloudformation/identities.ts';
import { readResources } from './cloudformation/resources.ts';
import { openTemplate, type Template } from './cloudformation/template.ts';
import { databaseSecretOf, type PortalDatabase } from './postgres/portal-database.ts';
import type { Reporter } from './reporter.ts';
import { type Sandboxes, startSandboxes } from './sandbox/sandboxes.ts';

export interface ServiceOptions {
  readonly assembly: Assembly;
  readonly database: PortalDatabase;
  /** URL of the HTTP API. */
  readonly url: string;
  readonly stateDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
  readonly metrics: MetricStore;
  readonly timeScale?: number;
  readonly isolation?: Isolation;
  readonly sendsMailEvents?: boolean;
  readonly durableQueues?: boolean;
}

export interface LocalServices {
  readonly context: DeployContext;
  readonly template: Template;
  readonly queues: LocalQueues;
  readonly secrets: LocalSecrets;
  readonly s3: LocalS3;
  readonly sandboxes: Sandboxes;
  /** Moves stored times into the past: tests cannot wait, and functions have no fake clock. */
  age(milliseconds: number): void;
  /** Reads the templates of an assembly, with the names and URLs of this instance. */
  openTemplate(assembly: Assembly): Template;
  /** Connects the AWS endpoint to functions and buses, which are deployed after the services. */
  connect(targets: EndpointTargets): void;
}

interface EndpointTargets {
  readonly buses: EventBuses;
  readonly functions: DeployedFunctions;
}

/** Starts every service that functions call. Adds the stop of each service to `cleanups`. */
export async function startServices(
  options: ServiceOptions,
  cleanups: Cleanups,
): Promise<LocalServices> {
  const { assembly, reporter, metrics, timeScale = 1, isolation = 'thread' } = options;
  const region = assembly.stacks[0]?.region ?? 'ap-southeast-2';
  const queues = await startQueues({ region, timeScale, ...storageOf(options) });
  cleanups.add(() => queues.stop());

  const identities = localIdentities({ queues: queues.url, api: options.url });
  const template = openTemplate(assembly, identities);
  const resources = readResources(template);
  warnAboutUnknownTypes(resources.unknownTypes, reporter);

  const secrets = openLocalSecrets(options, secretNames(resources), region);

  const sandboxes = await startSandboxes({ ...options, secrets, timeScale });
  cleanups.add(() => sandboxes.stop());

  const { aws, connect } = await startConnectableAwsEndpoint(
    secrets,
    metrics,
    join(options.stateDirectory, 'kms'),
  );
  cleanups.add(() => aws.stop());

  const s3 = await startS3(join(options.stateDirectory, 'evidence'));
  cleanups.add(() => s3.stop());

  const context: DeployContext = {
    resources,
    code: codeOfAssembly(assembly),
    region,
    queues,
    reporter,
    timeScale,
    isolation,
    environment: functionEnvironment({
      region,
      queues: queues.url,
      aws: aws.url,
      s3: s3.url,
      sandboxes: sandboxes.urls,
    }),
  };
  await deployQueues(context);

  const age = (milliseconds: number) => {
    for (const service of [sandboxes, secrets, metrics]) service.age(milliseconds);
  };
  const openOther = (other: Assembly) => openTemplate(other, identities);
  const services = { context, template, queues, secrets, s3, sandboxes, age, connect };
  return { ...services, openTemplate: openOther };
}

const openLocalSecrets = (
  { database, environment, stateDirectory }: ServiceOptions,
  names: readonly string[],
  region: string,
): LocalSecrets =>
  openSecrets({
    names,
    region,
    databaseSecret: databaseSecretOf(database),
    environment,
    file: join(stateDirectory, 'secrets.json'),
  });

const storageOf = ({ durableQueues, stateDirectory }: ServiceOptions) =>
  durableQueues ? { directory: join(stateDirectory, 'queues') } : {};

function warnAboutUnknownTypes(types: readonly string[], reporter: Reporter): void {
  for (const type of types)
    reporter.warn(
      `The template has ${type}, which is missing in local/cloudformation/resources.ts.`,
    );
}

/** Starts the endpoint before its targets exist, because functions need its URL. */
async function startConnectableAwsEndpoint(
  secrets: LocalSecrets,
  metrics: MetricStore,
  keyDirectory: string,
) {
  let targets: EndpointTargets | undefined;
  const connected = () => {
    if (targets === undefined) throw new Error('Functions and event buses are not deployed yet.');
    return targets;
  };
  const aws = await startAwsEndpoint({
    buses: () => connected().buses,
    functions: () => connected().functions,
    secrets,
    metrics,
    keys: openKeys(keyDirectory),
  });
  return {
    aws,
    connect(deployed: EndpointTargets) {
      targets = deployed;
    },
  };
}

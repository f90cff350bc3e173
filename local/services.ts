import { join } from 'node:path';
import { type Provider, webhookKeys, webhookPath } from '../lambdas/catalog/providers.ts';
import { startAwsEndpoint } from './aws/aws-endpoint.ts';
import type { EventBuses } from './aws/eventbridge/eventbridge.ts';
import type { DeployedFunctions } from './aws/lambda/deployed-functions.ts';
import type { MetricTally } from './aws/metric-store.ts';
import { startEvidence } from './aws/s3.ts';
import { type LocalSecrets, openSecrets } from './aws/secret-store.ts';
import { startQueues } from './aws/sqs.ts';
import type { Assembly } from './cloudformation/assembly.ts';
import { deployQueues } from './cloudformation/deploy.ts';
import type { DeployContext } from './cloudformation/deploy-functions.ts';
import { functionEnvironment, secretNames } from './cloudformation/function-environment.ts';
import { localIdentities } from './cloudformation/identities.ts';
import { readResources } from './cloudformation/resources.ts';
import { openTemplate } from './cloudformation/template.ts';
import type { PortalDatabase } from './postgres/portal-database.ts';
import type { Reporter } from './reporter.ts';
import { makeMuxSandbox } from './sandbox/mux.ts';
import { startMuxApi } from './sandbox/mux-api.ts';
import { makeMuxWebhookList } from './sandbox/mux-webhooks.ts';
import { startResendSandbox } from './sandbox/resend.ts';
import { makeResendSigning } from './sandbox/resend-secrets.ts';

export interface ServiceOptions {
  readonly assembly: Assembly;
  readonly database: PortalDatabase;
  /** The HTTP API's. */
  readonly url: string;
  readonly stateDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
  readonly tally: MetricTally;
  readonly timeScale?: number;
}

/** Everything that functions talk to, running before the first of them is. Each service adds to `releases` how it stops. */
export async function startServices(options: ServiceOptions, releases: (() => Promise<unknown>)[]) {
  const { assembly, reporter, environment, timeScale = 1 } = options;
  const region = assembly.stacks[0]?.region ?? 'ap-southeast-2';
  const queues = await startQueues({ region, timeScale });
  releases.push(() => queues.stop());
  const template = openTemplate(
    assembly,
    localIdentities({ queues: queues.url, api: options.url }),
  );
  const resources = readResources(template);
  for (const type of resources.unknownTypes)
    reporter.warn(
      `The template has ${type}, which local mode does not know (local/cloudformation/resources.ts).`,
    );

  const file = join(options.stateDirectory, 'secrets.json');
  const names = secretNames(resources);
  const secrets = openSecrets({
    names,
    region,
    databaseUrl: options.database.url,
    environment,
    file,
  });
  const { resend, mux, muxApi, muxWebhooks, age } = await startSandboxes(
    options.url,
    secrets,
    timeScale,
  );
  releases.push(() => resend.stop());
  releases.push(() => muxApi.stop());
  let deployed: Deployed | undefined;
  const aws = await startAwsEndpoint({
    buses: () => (deployed ?? notYet()).buses,
    functions: () => (deployed ?? notYet()).functions,
    secrets,
    metrics: options.tally,
  });
  releases.push(() => aws.stop());

  const evidence = await startEvidence(join(options.stateDirectory, 'evidence'));
  releases.push(() => evidence.stop());
  const usesRealResend = Boolean(environment['RESEND_API_KEY']);
  const usesRealMux = Boolean(environment['MUX_TOKEN_ID'] && environment['MUX_TOKEN_SECRET']);
  const sandboxes = {
    resend: usesRealResend ? undefined : resend.url,
    mux: usesRealMux ? undefined : muxApi.url,
  };
  const surroundings = {
    region,
    queues: queues.url,
    aws: aws.url,
    evidence: evidence.url,
    ...sandboxes,
  };
  const context: DeployContext = {
    ...{ resources, assembly, region, queues, reporter, timeScale },
    environment: functionEnvironment(surroundings),
  };
  await deployQueues(context);
  return {
    ...{
      context,
      template,
      queues,
      secrets,
      resend,
      usesRealResend,
      mux,
      muxApi,
      muxWebhooks,
      evidence,
    },
    /** Makes everything that was seen or made so far older: a test cannot wait, and no function has a clock to move. */
    age(milliseconds: number): void {
      age(milliseconds);
      options.tally.age(milliseconds);
    },
    /** Functions call them, and they lead to functions: so they come last. */
    open(opened: Deployed): void {
      deployed = opened;
    },
  };
}

async function startSandboxes(apiUrl: string, secrets: LocalSecrets, timeScale: number) {
  const webhookUrl = (provider: Provider) => `${apiUrl}${webhookPath(provider)}`;
  const muxWebhooks = makeMuxWebhookList(
    webhookUrl('mux'),
    currentValue(secrets, 'mux/webhook-signing-secret'),
  );
  const mux = makeMuxSandbox({ webhooks: muxWebhooks });
  const signing = makeResendSigning(() =>
    Object.values(versions(secrets, 'resend/webhook-signing-secret')),
  );
  const resend = await startResendSandbox({
    apiKey: currentValue(secrets, 'resend/api-key'),
    webhooksKey: currentValue(secrets, `resend/${webhookKeys.resend}`),
    webhookUrl: webhookUrl('resend'),
    ...{ signing, timeScale },
  });
  const muxApi = await startMuxApi({
    apiToken: currentValue(secrets, 'mux/api-token'),
    webhooks: { list: muxWebhooks, apiToken: currentValue(secrets, `mux/${webhookKeys.mux}`) },
    onFile: (film) => void mux.followUpload(film),
  });
  const age = (milliseconds: number) => {
    for (const aging of [muxWebhooks, signing, secrets]) aging.age(milliseconds);
  };
  return { mux, resend, muxApi, muxWebhooks, age };
}

const versions = (secrets: LocalSecrets, path: string) =>
  secrets.find(`motion-mavericks/dev/${path}`)?.versions ?? {};

const currentValue = (secrets: LocalSecrets, path: string) => () =>
  versions(secrets, path)['AWSCURRENT'] ?? '';

interface Deployed {
  readonly buses: EventBuses;
  readonly functions: DeployedFunctions;
}

function notYet(): never {
  throw new Error('The event buses and functions are not there yet.');
}

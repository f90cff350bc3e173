import { join } from 'node:path';
import type pg from 'pg';
import { readAssembly } from './assembly.ts';
import { startAwsEndpoint } from './aws-endpoint.ts';
import type { Reporter } from './console.ts';
import { deployBuses, deployEventSources, deployQueues, deployRoutes, deploySchedules } from './deploy.ts';
import { type DeployContext, type DeployedFunctions, deployFunctions } from './deploy-functions.ts';
import type { EventBuses } from './event-bus.ts';
import { makeHttpApi, type Route } from './http-api.ts';
import { localIdentities } from './identities.ts';
import { type Consequences, makeInspect } from './inspect.ts';
import { listen } from './listen.ts';
import { type DatabaseChoice, openPortalDatabase, type PortalDatabase } from './portal-database.ts';
import { Problem } from './problem.ts';
import { type LocalQueues, type QueueContents, startQueues } from './queues.ts';
import { type Resources, readResources } from './resources.ts';
import { addSamplePortal } from './sample-portal.ts';
import { type MuxSandbox, makeMuxSandbox } from './sandbox/mux.ts';
import { type ResendSandbox, startResendSandbox } from './sandbox/resend.ts';
import { type Scheduler, startScheduler } from './scheduler.ts';
import { type LocalSecrets, openSecrets } from './secrets.ts';
import { synthesize } from './synthesize.ts';
import { openTemplate, type Template } from './template.ts';

export interface LocalOptions {
  /** Of the HTTP API; 0 takes a free one, as everything else does in any case. */
  readonly port: number;
  /** Holds what outlives a run: made-up secrets and logs. */
  readonly stateDirectory: string;
  /** Assemblies by the hash of their sources; may be shared by everything that runs at the same time. */
  readonly assemblies: string;
  readonly database: DatabaseChoice;
  /** Where real keys of the providers are looked for. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
  /** Multiplies visibility timeouts, delays and Lambda's retry intervals, but nothing inside functions. */
  readonly timeScale?: number;
  /** False leaves every schedule to `scheduler.runNow`. */
  readonly clockwork?: boolean;
}

export interface LocalInstance {
  readonly url: string;
  readonly routes: readonly Route[];
  /** The stacks' own outputs that are of use to people, such as the URL to give to a provider. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly pool: pg.Pool;
  readonly database: PortalDatabase;
  readonly queues: LocalQueues;
  readonly functions: DeployedFunctions;
  readonly buses: EventBuses;
  readonly secrets: LocalSecrets;
  readonly scheduler: Scheduler;
  readonly mux: MuxSandbox;
  readonly resend: ResendSandbox;
  readonly usesRealResend: boolean;
  inspect(source: string, eventId: string): Promise<Consequences>;
  /** Lets what is under way finish. @returns the queues that still hold messages, which are gone then. */
  stop(): Promise<readonly QueueContents[]>;
}

const project = join(import.meta.dirname, '..');

/** AWS on one machine: everything that the templates say, and nothing that they do not. */
export async function startLocal(options: LocalOptions): Promise<LocalInstance> {
  const releases: (() => Promise<unknown>)[] = [];
  const release = async () => {
    for (const one of releases.splice(0).reverse()) await one();
  };
  try {
    return await start(options, releases, release);
  } catch (error) {
    await release();
    throw error;
  }
}

async function start(options: LocalOptions, releases: (() => Promise<unknown>)[], release: () => Promise<void>) {
  const { reporter, environment, timeScale = 1 } = options;
  const api = makeHttpApi();
  const url = `http://127.0.0.1:${await listen(api.server, options.port)}`;
  releases.push(() => api.close());

  const [synthesis, database] = await Promise.all([
    synthesize({ project, cache: options.assemblies, stage: 'dev' }),
    openPortalDatabase(options.database).then((opened) => {
      releases.push(() => opened.stop());
      return opened;
    }),
  ]);
  reporter.say(synthesis.reused ? 'Templates are those of the last start.' : 'Templates are synthesized.');

  const assembly = readAssembly(synthesis.directory);
  const region = assembly.stacks[0]?.region ?? 'ap-southeast-2';
  const queues = await startQueues({ region, timeScale });
  releases.push(() => queues.stop());
  const template = openTemplate(assembly, localIdentities({ queues: queues.url, api: url }));
  const resources = readResources(template);
  for (const type of resources.unknownTypes)
    reporter.warn(`The template has ${type}, which local mode does not know (local/resources.ts).`);

  const secrets = openSecrets({
    names: secretNames(resources),
    region,
    databaseUrl: database.url,
    environment,
    file: join(options.stateDirectory, 'secrets.json'),
  });
  const current = (path: string) => secrets.find(`motion-mavericks/dev/${path}`)?.versions['AWSCURRENT'] ?? '';
  const resend = await startResendSandbox(() => current('resend/api-key'));
  releases.push(() => resend.stop());
  let buses: EventBuses | undefined;
  const aws = await startAwsEndpoint(() => buses ?? notYet(), secrets);
  releases.push(() => aws.stop());

  const usesRealResend = Boolean(environment['RESEND_API_KEY']);
  const context: DeployContext = {
    resources,
    assembly,
    region,
    queues,
    reporter,
    timeScale,
    environment: functionEnvironment({
      region,
      queues: queues.url,
      aws: aws.url,
      resend: usesRealResend ? undefined : resend.url,
    }),
  };
  await deployQueues(context);
  const functions = deployFunctions(context);
  releases.push(() => functions.stop());
  buses = deployBuses(context, functions);
  await runTriggers(resources, functions);
  await addSamplePortal(database.pool);

  const sources = deployEventSources(context, functions);
  releases.push(() => Promise.all(sources.map((source) => source.stop())));
  const routes = deployRoutes(context, functions);
  api.open(routes, '');
  const scheduler = startScheduler(options.clockwork === false ? [] : deploySchedules(context, functions), new Date());
  releases.push(async () => scheduler.stop());

  const inspect = makeInspect({ pool: database.pool, busEvents: buses.events, mails: resend.mails });
  return {
    url,
    routes,
    outputs: outputsOf(template),
    pool: database.pool,
    database,
    queues,
    functions,
    buses,
    secrets,
    scheduler,
    mux: makeMuxSandbox({
      webhookUrl: `${url}/api/v1/webhooks/mux`,
      signingSecret: () => current('mux/webhook-signing-secret'),
    }),
    resend,
    usesRealResend,
    inspect,
    async stop() {
      await api.close();
      const remaining = (await queues.contents()).filter(({ waiting, inFlight }) => waiting + inFlight > 0);
      await release();
      return remaining;
    },
  };
}

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { EventBuses } from './aws/eventbridge/eventbridge.ts';
import { type Scheduler, startScheduler } from './aws/eventbridge/scheduler.ts';
import { makeHttpApi, type Route } from './aws/http-api.ts';
import type { DeployedFunctions } from './aws/lambda/deployed-functions.ts';
import { listen } from './aws/listen.ts';
import { tallyMetrics } from './aws/metric-store.ts';
import type { LocalEvidence } from './aws/s3.ts';
import type { LocalSecrets } from './aws/secret-store.ts';
import { makeTopics, type Topics } from './aws/sns.ts';
import type { LocalQueues, QueueContents } from './aws/sqs.ts';
import { readAssembly } from './cloudformation/assembly.ts';
import {
  deployBuses,
  deployEventSources,
  deployRoutes,
  deploySchedules,
} from './cloudformation/deploy.ts';
import { deployFunctions } from './cloudformation/deploy-functions.ts';
import { outputsOf, runTriggers } from './cloudformation/function-environment.ts';
import { synthesize } from './cloudformation/synthesize.ts';
import { makeConsoleFigures } from './console/console-figures.ts';
import { consolePath, makeConsolePages } from './console/console-page.ts';
import { type Consequences, makeInspect } from './postgres/inspect-event.ts';
import {
  type DatabaseChoice,
  openPortalDatabase,
  type PortalDatabase,
} from './postgres/portal-database.ts';
import { addSamplePortal } from './postgres/sample-portal.ts';
import type { Reporter } from './reporter.ts';
import type { MuxSandbox } from './sandbox/mux.ts';
import type { MuxApi } from './sandbox/mux-api.ts';
import type { MuxWebhookList } from './sandbox/mux-webhooks.ts';
import type { ResendSandbox } from './sandbox/resend.ts';
import { startServices } from './services.ts';

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
  readonly topics: Topics;
  readonly secrets: LocalSecrets;
  readonly scheduler: Scheduler;
  readonly mux: MuxSandbox;
  readonly muxApi: MuxApi;
  readonly evidence: LocalEvidence;
  readonly resend: ResendSandbox;
  readonly usesRealResend: boolean;
  readonly muxWebhooks: MuxWebhookList;
  /** As if so much time had passed since everything that was seen or made so far, for tests of what takes a day. */
  age(milliseconds: number): void;
  inspect(source: string, eventId: string): Promise<Consequences>;
  /** Lets what is under way finish. @returns the queues that still hold messages, which are gone then. */
  stop(): Promise<readonly QueueContents[]>;
}

const project = join(import.meta.dirname, '..');

/** AWS on one machine: everything that the templates say, and nothing that they do not. */
export async function startLocal(options: LocalOptions): Promise<LocalInstance> {
  const releases: Releases = [];
  try {
    return await start(options, releases);
  } catch (error) {
    await releaseAll(releases);
    throw error;
  }
}

/** What has to be given back, in the order in which it was taken. */
type Releases = (() => Promise<unknown>)[];

async function releaseAll(releases: Releases): Promise<void> {
  for (const release of releases.splice(0).reverse()) await release();
}

async function start(options: LocalOptions, releases: Releases): Promise<LocalInstance> {
  const { clockwork = true } = options;
  const { reporter, tally } = tallyMetrics(options.reporter);
  const api = makeHttpApi();
  const url = `http://127.0.0.1:${await listen(api.server, options.port)}`;
  releases.push(() => api.close());

  const { assembly, database } = await gatherParts(options, releases);
  const services = await startServices(
    { ...options, reporter, tally, assembly, database, url },
    releases,
  );
  const { context, template, queues, secrets, resend } = services;
  const topics = makeTopics(reporter);
  const functions = deployFunctions(context);
  releases.push(() => functions.stop());
  const buses = deployBuses(context, functions, topics);
  services.open({ buses, functions });
  await runTriggers(context.resources, functions);
  await addSamplePortal(database.pool);

  const sources = deployEventSources(context, functions);
  releases.push(() => Promise.all(sources.map((source) => source.stop())));
  const routes = deployRoutes(context, functions);
  const readFigures = makeConsoleFigures({
    ...context,
    pool: database.pool,
    queues,
    tally,
    startedAt: new Date(),
  });
  api.open(routes, '', { path: consolePath, answer: makeConsolePages({ readFigures, routes }) });
  const scheduler = startScheduler(deploySchedules(context, functions), new Date(), clockwork);
  releases.push(async () => scheduler.stop());

  const { pool } = database;
  const { usesRealResend, mux, muxApi, muxWebhooks, evidence, age } = services;
  const inspect = makeInspect({ pool, busEvents: buses.events, mails: resend.mails });
  const outputs = outputsOf(template);
  reporter.say(`${functions.all.length} functions are deployed.`);
  return {
    ...{
      url,
      routes,
      outputs,
      pool,
      database,
      queues,
      functions,
      buses,
      topics,
      secrets,
      scheduler,
      mux,
      resend,
    },
    ...{ usesRealResend, muxApi, muxWebhooks, evidence, inspect, age },
    async stop() {
      scheduler.stop();
      await api.close();
      await untilIdle(functions, FINISH_MS);
      await Promise.all(sources.map((source) => source.stop()));
      const remaining = (await queues.contents()).filter(
        ({ waiting, inFlight }) => waiting + inFlight > 0,
      );
      await releaseAll(releases);
      return remaining;
    },
  };
}

const FINISH_MS = 3_000;
const QUIET_MS = 150;

/** One event wakes several functions, one after the other: idle is when none has been busy for a moment. */
async function untilIdle({ all }: DeployedFunctions, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  let quietSince = Date.now();
  while (Date.now() < deadline && Date.now() - quietSince < QUIET_MS) {
    await sleep(25);
    if (all.some((one) => one.busy() > 0)) quietSince = Date.now();
  }
}

/** Synthesizes the app while Postgres starts: each takes seconds, and neither needs the other. */
async function gatherParts({ assemblies, database, reporter }: LocalOptions, releases: Releases) {
  const [synthesis, opened] = await Promise.allSettled([
    synthesize({ project, cache: assemblies, stage: 'dev' }),
    openPortalDatabase(database),
  ]);
  if (opened.status === 'fulfilled') releases.push(() => opened.value.stop());
  if (synthesis.status === 'rejected') throw synthesis.reason;
  if (opened.status === 'rejected') throw opened.reason;
  reporter.say(
    synthesis.value.reused
      ? 'Templates are those of the last start.'
      : 'Templates are synthesized.',
  );
  return { assembly: readAssembly(synthesis.value.directory), database: opened.value };
}

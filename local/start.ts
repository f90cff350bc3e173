import { join } from 'node:path';
import { storeInFiles, storeInMemory } from './aws/eventbridge/delivery-store.ts';
import { type Scheduler, startScheduler } from './aws/eventbridge/scheduler.ts';
import { type HttpApi, makeHttpApi } from './aws/http-api.ts';
import { listen } from './aws/http-server.ts';
import type { EventSource } from './aws/lambda/event-source-mapping.ts';
import { storeMetrics } from './aws/metric-store.ts';
import { makeTopics } from './aws/sns.ts';
import { type Cleanups, makeCleanups } from './cleanups.ts';
import { readAssembly } from './cloudformation/assembly.ts';
import { deployEventSources, deployRoutes, deploySchedules } from './cloudformation/deploy.ts';
import { deployBuses } from './cloudformation/deploy-buses.ts';
import { deployFunctions } from './cloudformation/deploy-functions.ts';
import { outputsOf, runTriggers } from './cloudformation/function-environment.ts';
import { synthesize } from './cloudformation/synthesize.ts';
import { openConsole } from './console/open-console.ts';
import type { LocalInstance, LocalOptions } from './local-instance.ts';
import { makeInspect } from './postgres/inspect-event.ts';
import { openPortalDatabase, type PortalDatabase } from './postgres/portal-database.ts';
import { addSamplePortal } from './postgres/sample-portal.ts';
import { watchDatabase } from './postgres/watch-database.ts';
import { type LocalServices, startServices } from './services.ts';
import {
  listUnfinishedMessages,
  recordUnfinishedWork,
  reportKilledRun,
  type UnfinishedMessages,
  type WorkSources,
} from './unfinished-work.ts';
import { waitUntilIdle } from './wait-until-idle.ts';

const project = join(import.meta.dirname, '..');

/** Runs the deployed system on this machine, as described by the synthesized templates. */
export async function startLocal(options: LocalOptions): Promise<LocalInstance> {
  const cleanups = makeCleanups();
  try {
    return await start(options, cleanups);
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

async function start(options: LocalOptions, cleanups: Cleanups): Promise<LocalInstance> {
  const { reporter, metrics } = storeMetrics(options.reporter);
  const recording = {
    stateDirectory: options.stateDirectory,
    durable: options.durableQueues ?? false,
  };
  reportKilledRun(recording, reporter);
  const api = makeHttpApi();
  const url = `http://127.0.0.1:${await listen(api.server, options.port)}`;
  cleanups.add(() => api.close());

  const { assembly, database } = await prepareAssemblyAndDatabase(options, cleanups);
  const watched = { url: database.url, isManaged: database.server !== undefined };
  cleanups.add(watchDatabase(watched, reporter));
  const services = await startServices(
    { ...options, reporter, metrics, assembly, database, url },
    cleanups,
  );
  const { sources, routes, ...deployed } = await deploy(options, services, database, cleanups);
  const { pool } = database;
  const { queues, template, sandboxes } = services;
  cleanups.add(recordUnfinishedWork({ queues, ...deployed }, recording));
  api.open(routes, '', openConsole({ url, routes, metrics, queues, sandboxes }, cleanups));
  reporter.print(`${deployed.functions.all.length} functions are deployed.`);

  const { mux, muxApi, muxWebhooks, resend, usesRealResend } = sandboxes;
  const { secrets, s3, age } = services;
  const mails = resend.mails;
  return {
    url,
    routes,
    outputs: outputsOf(template),
    pool,
    database,
    ...deployed,
    queues,
    secrets,
    s3,
    mux,
    muxApi,
    muxWebhooks,
    resend,
    usesRealResend,
    age,
    inspect: makeInspect({ pool, busEvents: deployed.buses.events, mails }),
    stop: () => stop({ api, sources, queues, ...deployed }, cleanups),
  };
}

interface Running extends WorkSources {
  readonly api: HttpApi;
  readonly scheduler: Scheduler;
  readonly sources: readonly EventSource[];
}

/** Stops new work first, then waits for running work, then stops the services. */
async function stop(
  { api, scheduler, functions, sources, queues, buses }: Running,
  cleanups: Cleanups,
): Promise<readonly UnfinishedMessages[]> {
  scheduler.stop();
  await api.close();
  await waitUntilIdle(functions);
  await Promise.all(sources.map((source) => source.stop()));
  const remaining = await listUnfinishedMessages({ queues, buses });
  await cleanups.run();
  return remaining;
}

/** Deploys what the template defines on top of the running services. */
async function deploy(
  { schedulesEnabled = true, durableQueues = false, stateDirectory }: LocalOptions,
  { context, connect }: LocalServices,
  database: PortalDatabase,
  cleanups: Cleanups,
) {
  const topics = makeTopics(context.reporter);
  const functions = deployFunctions(context);
  cleanups.add(() => functions.stop());
  const store = durableQueues
    ? storeInFiles(join(stateDirectory, 'bus-deliveries'))
    : storeInMemory();
  const buses = deployBuses(context, { functions, topics, store });
  cleanups.add(async () => buses.stop());
  connect({ buses, functions });
  await runTriggers(context.resources, functions);
  await addSamplePortal(database.pool);

  const sources = deployEventSources(context, functions);
  cleanups.add(() => Promise.all(sources.map((source) => source.stop())));
  const routes = deployRoutes(context, functions);
  const schedules = deploySchedules(context, functions);
  const scheduler = startScheduler(schedules, new Date(), schedulesEnabled);
  cleanups.add(async () => scheduler.stop());
  return { topics, functions, buses, sources, routes, scheduler };
}

/** Synthesizes the app while Postgres starts: each takes seconds and does not need the other. */
async function prepareAssemblyAndDatabase(
  { assemblies, database, reporter }: LocalOptions,
  cleanups: Cleanups,
) {
  const [synthesis, opened] = await Promise.allSettled([
    synthesize({ project, cache: assemblies, stage: 'dev' }),
    openPortalDatabase(database),
  ]);
  if (opened.status === 'fulfilled') cleanups.add(() => opened.value.stop());
  if (synthesis.status === 'rejected') throw synthesis.reason;
  if (opened.status === 'rejected') throw opened.reason;
  reporter.print(
    synthesis.value.reused
      ? 'Templates are reused from an earlier start.'
      : 'Templates are synthesized.',
  );
  return { assembly: readAssembly(synthesis.value.directory), database: opened.value };
}

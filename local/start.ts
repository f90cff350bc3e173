import { join } from 'node:path';
import type { Scheduler } from './aws/eventbridge/scheduler.ts';
import { type HttpApi, makeHttpApi } from './aws/http-api.ts';
import { listen } from './aws/http-server.ts';
import { storeMetrics } from './aws/metric-store.ts';
import { type Cleanups, makeCleanups } from './cleanups.ts';
import { readAssembly } from './cloudformation/assembly.ts';
import type { EventSources } from './cloudformation/deploy.ts';
import { outputsOf } from './cloudformation/function-environment.ts';
import { synthesize } from './cloudformation/synthesize.ts';
import { openConsole } from './console/open-console.ts';
import { startDeployment } from './deployment.ts';
import type { LocalInstance, LocalOptions } from './local-instance.ts';
import { makeInspect } from './postgres/inspect-event.ts';
import { openPortalDatabase } from './postgres/portal-database.ts';
import { watchDatabase } from './postgres/watch-database.ts';
import { prepareCode } from './prepare-code.ts';
import { openRelay } from './relay.ts';
import { startServices } from './services.ts';
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
  const isManaged = database.server !== undefined;
  cleanups.add(watchDatabase({ url: database.url, isManaged }, reporter));
  const services = await startServices(
    { ...options, reporter, metrics, assembly, database, url },
    cleanups,
  );
  const code = await prepareCode({ ...options, project, reporter }, services, cleanups);
  const context = { ...services.context, code: code.code };
  const { sources, routes, ...deployment } = await startDeployment(
    options,
    { ...services, context },
    database,
    cleanups,
  );
  const { queues, template, sandboxes } = services;
  cleanups.add(recordUnfinishedWork({ queues, ...deployment }, recording));
  api.open(routes, '', openConsole({ url, routes, metrics, queues, sandboxes }, cleanups));
  reporter.print(`${deployment.functions.all.length} functions are deployed.`);
  code.watch({ ...deployment, sources, routes });
  const relayUrl = await openRelay(api, options.relayPort, cleanups);

  const { mux, muxApi, muxWebhooks, resend, usesRealResend } = sandboxes;
  const { pool } = database;
  const { topics, functions, buses, scheduler } = deployment;
  return {
    url,
    relayUrl,
    routes,
    outputs: outputsOf(template),
    pool,
    database,
    topics,
    functions,
    buses,
    scheduler,
    queues,
    secrets: services.secrets,
    s3: services.s3,
    mux,
    muxApi,
    muxWebhooks,
    resend,
    usesRealResend,
    age: services.age,
    inspect: makeInspect({ pool, busEvents: buses.events, mails: resend.mails }),
    stop: () => stop({ api, sources, queues, ...deployment }, cleanups),
  };
}

interface Running extends WorkSources {
  readonly api: HttpApi;
  readonly scheduler: Scheduler;
  readonly sources: EventSources;
}

/** Stops new work first, then waits for running work, then stops the services. */
async function stop(
  { api, scheduler, functions, sources, queues, buses }: Running,
  cleanups: Cleanups,
): Promise<readonly UnfinishedMessages[]> {
  scheduler.stop();
  await api.close();
  await waitUntilIdle(functions);
  await sources.stop();
  const remaining = await listUnfinishedMessages({ queues, buses });
  await cleanups.run();
  return remaining;
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

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { storeInFiles, storeInMemory } from './aws/eventbridge/delivery-store.ts';
import type { EventBuses } from './aws/eventbridge/eventbridge.ts';
import { type Scheduler, startScheduler } from './aws/eventbridge/scheduler.ts';
import type { Route } from './aws/http-api.ts';
import type { DeployedFunctions } from './aws/lambda/deployed-functions.ts';
import { makeTopics, type Topics } from './aws/sns.ts';
import type { Cleanups } from './cleanups.ts';
import {
  deployEventSources,
  deployQueues,
  deployRoutes,
  deploySchedules,
  type EventSources,
  queueSettings,
} from './cloudformation/deploy.ts';
import { busDefinition, deployBuses } from './cloudformation/deploy-buses.ts';
import {
  type DeployContext,
  deployFunctions,
  type FunctionChanges,
  type UpdatableFunctions,
} from './cloudformation/deploy-functions.ts';
import { runTriggers, secretNames } from './cloudformation/function-environment.ts';
import type { LocalOptions } from './local-instance.ts';
import type { PortalDatabase } from './postgres/portal-database.ts';
import { addSamplePortal } from './postgres/sample-portal.ts';
import type { LocalServices } from './services.ts';

/** Parts of the system that the templates define, on top of the running services. */
export interface Deployment {
  readonly topics: Topics;
  readonly functions: DeployedFunctions;
  readonly buses: EventBuses;
  readonly sources: EventSources;
  /** Routes of the latest templates; an update changes the content of the list. */
  readonly routes: readonly Route[];
  readonly scheduler: Scheduler;
  readonly context: () => DeployContext;
  /**
   * Changes everything to the templates and bundles of the context. Messages, data and running
   * invocations are kept. A removed queue keeps its messages until the instance stops.
   */
  update(next: DeployContext): Promise<FunctionChanges>;
}

type DeploymentOptions = Pick<
  LocalOptions,
  'schedulesEnabled' | 'durableQueues' | 'stateDirectory'
>;

export async function startDeployment(
  { schedulesEnabled = true, durableQueues = false, stateDirectory }: DeploymentOptions,
  { context, connect, secrets }: LocalServices,
  database: PortalDatabase,
  cleanups: Cleanups,
): Promise<Deployment> {
  const topics = makeTopics(context.reporter);
  const functions = deployFunctions(context);
  cleanups.add(() => functions.stop());
  const store = durableQueues
    ? storeInFiles(join(stateDirectory, 'bus-deliveries'))
    : storeInMemory();
  const buses = deployBuses(context, { functions, topics }, store);
  cleanups.add(async () => buses.stop());
  connect({ buses, functions });
  await runTriggers(context.resources, functions);
  await addSamplePortal(database.pool);

  const sources = deployEventSources(context, functions);
  cleanups.add(() => sources.stop());
  const routes = deployRoutes(context, functions);
  const schedules = deploySchedules(context, functions);
  const scheduler = startScheduler(schedules, new Date(), schedulesEnabled);
  cleanups.add(async () => scheduler.stop());

  let current = context;
  const parts = { topics, functions, buses, sources, routes, scheduler };
  return {
    ...parts,
    context: () => current,
    async update(next) {
      secrets.add(secretNames(next.resources));
      const changes = await updateParts(parts, current, next);
      current = next;
      return changes;
    },
  };
}

interface UpdatableParts extends Pick<Deployment, 'topics' | 'buses' | 'sources' | 'scheduler'> {
  readonly functions: UpdatableFunctions;
  readonly routes: Route[];
}

async function updateParts(
  { topics, functions, buses, sources, routes, scheduler }: UpdatableParts,
  before: DeployContext,
  next: DeployContext,
): Promise<FunctionChanges> {
  const definition = busDefinition(next, { functions, topics });
  if (!isDeepStrictEqual(queueSettings(before), queueSettings(next))) await deployQueues(next);
  const changes = functions.update(next);
  buses.replace(definition);
  sources.update(next);
  routes.splice(0, routes.length, ...deployRoutes(next, functions));
  scheduler.replace(deploySchedules(next, functions), new Date());
  await runTriggers(next.resources, functions, [...changes.added, ...changes.replaced]);
  return changes;
}

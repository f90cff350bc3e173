import { setTimeout } from 'node:timers/promises';
import { type DeliverDeps, DeliveryLog } from './deliver.ts';
import { type FaultInjector, makeFaultInjector } from './inject-faults.ts';
import { insertVideos } from './insert-videos.ts';
import type { SoakPlan } from './plan.ts';
import { type Proof, prove } from './prove.ts';
import { readFacts } from './read-facts.ts';
import { runJobs, sendDeliveries, watchMails } from './send-plan.ts';
import { describeUnfinished, isFinished, readUnfinished, type Unfinished } from './unfinished.ts';
import type { SoakWorld } from './world.ts';

export interface SoakRun {
  readonly plan: SoakPlan;
  readonly timeScale: number;
  /** Time after which the run ends, even if work is unfinished. */
  readonly deadline: number;
  /** Ends sending early; the proof then covers what was accepted. */
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

export interface SoakResult {
  readonly proof: Proof;
  /** Places where work waited at the deadline; empty if everything was finished. */
  readonly unfinished: readonly string[];
  readonly acceptedEvents: number;
  readonly deliveries: number;
  readonly rejected: ReadonlyMap<number, number>;
  readonly faults: FaultInjector['counts'];
  readonly interrupted: number;
  readonly seconds: number;
}

/** Sends the plan while parts are killed, waits until everything is finished, and proves it. */
export async function runSoak(world: SoakWorld, run: SoakRun): Promise<SoakResult> {
  const startedAt = new Date();
  await insertVideos(world, run.plan);
  const log = new DeliveryLog();
  const timeout = AbortSignal.timeout(Math.max(0, run.deadline - Date.now()));
  const signal = AbortSignal.any([run.signal, timeout]);
  const deps: DeliverDeps = { local: world.local, log, signal, startedAt };
  const faults = makeFaultInjector(world, run.plan.faults);
  const mails = watchMails(world, deps, run.plan);
  const stopJobs = runJobs(world, run.timeScale);
  const stopProgress = watchProgress(run, log, faults);
  try {
    await sendDeliveries(world, deps, run.plan.deliveries);
    run.progress('Mux has sent everything; waiting until all work is finished.');
    const unsent = timeout.aborted ? ['Sending did not end within the time limit'] : [];
    const isBusy = () => {
      faults.advance(log.deliveries);
      return faults.busy() || mails.busy() > 0;
    };
    const unfinished = [...unsent, ...(await waitUntilFinished(world, run, isBusy))];
    await faults.ended();
    const proof = prove(
      { videos: run.plan.videos, isAccepted: log.isAccepted },
      await readFacts(world),
    );
    return {
      proof,
      unfinished,
      acceptedEvents: log.events,
      deliveries: log.deliveries,
      rejected: log.rejected,
      faults: faults.counts,
      interrupted: faults.interrupted(),
      seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
    };
  } finally {
    stopProgress();
    stopJobs();
    mails.stop();
  }
}

const PROGRESS_MS = 250;
const PRINT_EVERY = 40;

/** Begins the faults that are due, and prints the progress every 10 s. */
function watchProgress(
  { plan, progress }: SoakRun,
  log: DeliveryLog,
  faults: FaultInjector,
): () => void {
  let ticks = 0;
  const timer = setInterval(() => {
    faults.advance(log.deliveries);
    ticks += 1;
    if (ticks % PRINT_EVERY !== 0) return;
    const struck = [...faults.counts.values()].reduce((sum, count) => sum + count, 0);
    progress(
      `${log.events} of ${plan.events} events accepted, ${log.deliveries} deliveries, ` +
        `${struck} of ${plan.faults.length} faults`,
    );
  }, PROGRESS_MS);
  return () => clearInterval(timer);
}

const CHECK_MS = 500;

/** An event starts several functions in sequence, so one idle moment is not enough. */
const IDLE_CHECKS = 3;

/** @returns the places where work waits at the deadline. */
async function waitUntilFinished(
  world: SoakWorld,
  { deadline }: SoakRun,
  isBusy: () => boolean,
): Promise<readonly string[]> {
  let last: Unfinished | undefined;
  for (let idle = 0; last === undefined || Date.now() < deadline; ) {
    const unfinished = await readUnfinished(world);
    if (unfinished === undefined && Date.now() >= deadline) break;
    last = unfinished ?? last;
    const isIdle = unfinished !== undefined && isFinished(unfinished) && !isBusy();
    idle = isIdle ? idle + 1 : 0;
    if (idle >= IDLE_CHECKS) return [];
    await setTimeout(CHECK_MS);
  }
  return last === undefined
    ? ['Postgres did not answer']
    : ['The time limit was reached', ...(await describeUnfinished(world, last))];
}

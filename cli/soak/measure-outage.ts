import { loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { type DeliverDeps, DeliveryLog, deliverAssetEvent } from './deliver.ts';
import { insertVideos } from './insert-videos.ts';
import { planSoak, type SoakPlan } from './plan.ts';
import { type Proof, prove } from './prove.ts';
import { readFacts } from './read-facts.ts';
import { FIND_APPLIED } from './soak.queries.ts';
import { describeUnfinished, isFinished, readUnfinished } from './unfinished.ts';
import type { SoakWorld } from './world.ts';

/** `frozen` answers nothing and keeps its connections; `stopped` refuses connections. */
export type OutageKind = 'frozen' | 'stopped';

export interface OutageOptions {
  readonly seed: number;
  readonly kind: OutageKind;
  readonly outageSeconds: number;
  /** Deliveries of Mux per second, before, during and after the outage. */
  readonly rate: number;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

export interface OutageResult {
  readonly proof: Proof;
  readonly unfinished: readonly string[];
  /** Distinct events that were accepted before Postgres was back. */
  readonly accepted: number;
  readonly applied: number;
  /** Time from the end of the outage until the last of these events was applied. */
  readonly recoverySeconds: number;
  /** Time from the end of the outage until the last mail was sent, later events included. */
  readonly mailSeconds: number;
  readonly rejected: ReadonlyMap<number, number>;
  /** Largest number of messages in dead-letter queues. */
  readonly deadLetters: number;
  /** Load of the machine while events were recovered, for each core 1. */
  readonly load: number;
}

const WARM_UP_MS = 30_000;
const LONGEST_RECOVERY_MS = 600_000;

/** Measures at real time scale how long the events of an outage of Postgres take afterwards. */
export async function measureOutage(
  world: SoakWorld,
  options: OutageOptions,
): Promise<OutageResult> {
  const { rate, outageSeconds, progress } = options;
  const seconds = (2 * WARM_UP_MS + LONGEST_RECOVERY_MS) / 1_000 + outageSeconds;
  const plan = planSoak({ seed: options.seed, events: 2 * rate * seconds, faults: 0 });
  await insertVideos(world, plan);
  const log = new DeliveryLog();
  const pacing = new AbortController();
  const signal = AbortSignal.any([options.signal, pacing.signal]);
  const sending = sendAtRate(
    { local: world.local, log, signal: options.signal, startedAt: new Date() },
    plan,
    { rate, signal },
  );
  const deadLetters = watchDeadLetters(world);
  await pause(WARM_UP_MS, options.signal);
  const before = planned(plan, log);
  progress(`${before.length} events accepted; the outage of ${outageSeconds} s begins.`);
  await suspendPostgres(world, options);
  const backAt = Date.now();
  const accepted = planned(plan, log);
  progress(`Postgres is back; ${accepted.length} events were accepted before.`);
  const recovery = await waitUntilApplied(world, accepted, backAt, progress);
  const [load = 0] = loadavg();
  pacing.abort();
  await sending;
  const unfinished = await waitUntilFinished(world);
  deadLetters.stop();
  const facts = await readFacts(world);
  return {
    ...recovery,
    proof: prove({ videos: plan.videos, isAccepted: log.isAccepted }, facts),
    unfinished,
    accepted: accepted.length,
    mailSeconds: secondsAfter(backAt, Math.max(...mailTimes(world))),
    rejected: log.rejected,
    deadLetters: deadLetters.most(),
    load,
  };
}

const pause = (milliseconds: number, signal: AbortSignal) =>
  setTimeout(milliseconds, undefined, { signal }).catch(() => {});

const planned = ({ videos }: SoakPlan, log: DeliveryLog): readonly string[] =>
  videos.flatMap(({ assetEvents }) =>
    assetEvents.map(({ id }) => id).filter((id) => log.isAccepted('mux', id)),
  );

const mailTimes = ({ local }: SoakWorld): readonly number[] =>
  local.resend.mails().map(({ at }) => at.getTime());

const secondsAfter = (start: number, end: number): number =>
  Math.max(0, Math.round((end - start) / 1_000));

async function suspendPostgres(
  { postgres }: SoakWorld,
  { kind, outageSeconds, signal }: OutageOptions,
): Promise<void> {
  if (kind === 'frozen') postgres.freeze(true);
  else await postgres.stop();
  await pause(outageSeconds * 1_000, signal);
  if (kind === 'frozen') postgres.freeze(false);
  else await postgres.restart();
}

const TICK_MS = 50;

/** Sends without waiting for earlier responses, as a provider does. */
async function sendAtRate(
  deps: DeliverDeps,
  { deliveries }: SoakPlan,
  { rate, signal }: { readonly rate: number; readonly signal: AbortSignal },
): Promise<void> {
  const startedAt = Date.now();
  const open = new Set<Promise<void>>();
  let sent = 0;
  while (!signal.aborted && sent < deliveries.length) {
    const due = ((Date.now() - startedAt) / 1_000) * rate;
    for (; sent < Math.min(due, deliveries.length); sent += 1) {
      const delivery = deliverAssetEvent(deps, deliveries[sent] as (typeof deliveries)[number]);
      open.add(delivery);
      void delivery.finally(() => open.delete(delivery));
    }
    await setTimeout(TICK_MS);
  }
  await Promise.all(open);
}

function watchDeadLetters({ local }: SoakWorld) {
  let most = 0;
  const timer = setInterval(async () => {
    const contents = await local.queues.contents().catch(() => []);
    const count = contents
      .filter(({ name }) => name.includes('DeadLetters'))
      .reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);
    most = Math.max(most, count);
  }, 1_000);
  return { most: () => most, stop: () => clearInterval(timer) };
}

const POLL_MS = 2_000;
const PRINT_EVERY = 10;

async function waitUntilApplied(
  { query }: SoakWorld,
  accepted: readonly string[],
  backAt: number,
  progress: (text: string) => void,
): Promise<Pick<OutageResult, 'applied' | 'recoverySeconds'>> {
  const missing = new Set(accepted);
  let last = backAt;
  for (let poll = 1; missing.size > 0 && Date.now() < backAt + LONGEST_RECOVERY_MS; poll += 1) {
    await setTimeout(POLL_MS);
    const applied = await query<{ eventId: string; processedAt: Date }>(FIND_APPLIED, [
      [...missing],
    ]).catch(() => []);
    for (const { eventId, processedAt } of applied) {
      missing.delete(eventId);
      last = Math.max(last, processedAt.getTime());
    }
    if (poll % PRINT_EVERY === 0) progress(`${missing.size} events are not applied yet.`);
  }
  return { applied: accepted.length - missing.size, recoverySeconds: secondsAfter(backAt, last) };
}

async function waitUntilFinished(world: SoakWorld): Promise<readonly string[]> {
  const deadline = Date.now() + LONGEST_RECOVERY_MS;
  for (;;) {
    await setTimeout(POLL_MS);
    const unfinished = await readUnfinished(world);
    if (unfinished !== undefined && isFinished(unfinished)) return [];
    if (Date.now() > deadline)
      return unfinished === undefined
        ? ['Postgres did not answer']
        : describeUnfinished(world, unfinished);
  }
}

import { setTimeout } from 'node:timers/promises';
import type { SentMail } from '../../local/sandbox/resend-mails.ts';
import { type DeliverDeps, deliverAssetEvent, deliverMailEvents } from './deliver.ts';
import type { PlannedDelivery, SoakPlan } from './plan.ts';
import type { SoakSystem, SoakWorld } from './world.ts';

const SENDERS = 8;

/** Messages in the queues above which sending pauses, so that faults strike work in progress. */
const MOST_WAITING = 400;
const CHECK_MS = 100;

/** Sends every delivery of Mux, several at a time. Returns early if the run stops. */
export async function sendDeliveries(
  world: SoakWorld,
  deps: DeliverDeps,
  deliveries: readonly PlannedDelivery[],
): Promise<void> {
  const backlog = watchBacklog(world);
  const remaining = deliveries.values();
  const send = async () => {
    for (const delivery of remaining) {
      while (backlog.isLong() && !deps.signal.aborted) await setTimeout(CHECK_MS);
      if (deps.signal.aborted) return;
      await deliverAssetEvent(deps, delivery);
    }
  };
  try {
    await Promise.all(Array.from({ length: SENDERS }, send));
  } finally {
    backlog.stop();
  }
}

function watchBacklog({ local }: SoakWorld) {
  let waiting = 0;
  const timer = setInterval(async () => {
    const contents = await local.queues.contents().catch(() => []);
    waiting = contents.reduce((sum, queue) => sum + queue.waiting + queue.inFlight, 0);
  }, CHECK_MS);
  return { isLong: () => waiting > MOST_WAITING, stop: () => clearInterval(timer) };
}

export interface MailWatcher {
  /** Number of mails whose events are not delivered yet. */
  busy(): number;
  stop(): void;
}

/** Delivers the planned events of each mail to an owner as soon as Resend accepted the mail. */
export function watchMails(world: SoakWorld, deps: DeliverDeps, plan: SoakPlan): MailWatcher {
  const eventsByAddress = new Map(plan.videos.map((one) => [one.address, one.mailEvents]));
  let seen = 0;
  let busy = 0;
  const handle = async (mail: SentMail) => {
    const [address = ''] = mail.to;
    const events = eventsByAddress.get(address);
    if (events === undefined) return;
    // A second mail to an owner is a fault of the system, which the proof finds.
    eventsByAddress.delete(address);
    busy += 1;
    await deliverMailEvents(deps, events, mail).finally(() => {
      busy -= 1;
    });
  };
  const timer = setInterval(() => {
    const mails = world.local.resend.mails();
    for (; seen < mails.length; seen += 1) void handle(mails[seen] as SentMail);
  }, CHECK_MS);
  return {
    busy: () => busy + (world.local.resend.mails().length - seen),
    stop: () => clearInterval(timer),
  };
}

/** Jobs that finish what a fault interrupted, and their intervals in the deployed system. */
const jobs = [
  { name: 'JobsRelayOutboxJob', intervalMs: 60_000 },
  { name: 'JobsRetryFailedWebhooksJob', intervalMs: 300_000 },
] as const;

/** Shorter intervals would start two runs for one scheduled time, which has whole seconds. */
const SHORTEST_INTERVAL_MS = 2_000;

/** Runs the jobs at their scaled intervals. @returns a function that ends this. */
export function runJobs(
  { local }: { readonly local: Pick<SoakSystem, 'scheduler'> },
  timeScale: number,
): () => void {
  const timers = jobs.map(({ name, intervalMs }) =>
    setInterval(
      () => local.scheduler.runNow(name),
      Math.max(SHORTEST_INTERVAL_MS, intervalMs * timeScale),
    ),
  );
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

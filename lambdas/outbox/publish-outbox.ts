import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import type { PublishableEvent, PublishEvents, PublishResult } from './put-events.ts';

export interface PublishOutboxDeps {
  readonly publish: PublishEvents;
  /** Notes in the outbox what became of each. */
  readonly mark: (result: PublishResult) => Promise<void>;
}

export type PublishOutbox = (entries: readonly PublishableEvent[]) => Promise<void>;

/**
 * Publishes at once what was just committed. It never throws: the entries are safe in the outbox, and the relay
 * publishes whatever is left there. A crash before the mark publishes an entry twice, under the same id.
 */
export function makePublishOutbox({ publish, mark }: PublishOutboxDeps): PublishOutbox {
  return async function publishOutbox(entries) {
    if (entries.length === 0) return;
    const result = await publish(entries);
    report(result);
    try {
      await mark(result);
    } catch (error) {
      log.warn('Published events are not marked; the relay publishes them again', { error });
    }
  };
}

export interface RelayOutboxDeps {
  /** Publishes the oldest entries that were made before `createdBefore`, and marks them. */
  readonly publishOldest: (createdBefore: Date) => Promise<PublishResult>;
  readonly now: Clock;
}

// Whoever made an entry publishes it right after the commit, and has this long before the relay takes over.
const GRACE_MS = 10_000;

// One round holds a transaction open for at most some 4 s (two attempts at EventBridge).
const ROUND_MS = 8_000;

/** Publishes what was left in the outbox, oldest first, until nothing is left, something fails, or time runs out. */
export function makeRelayOutbox({ publishOldest, now }: RelayOutboxDeps) {
  return async function relayOutbox({ remainingMs }: RunningJob): Promise<JobCounts> {
    const createdBefore = new Date(now().getTime() - GRACE_MS);
    let published = 0;
    while (remainingMs() > ROUND_MS) {
      const result = await publishOldest(createdBefore);
      if (result.published.length + result.failed.length > 0) report(result);
      published += result.published.length;
      if (result.failed.length > 0 || result.published.length === 0) break;
    }
    return { EventsRelayed: published };
  };
}

function report({ published, failed }: PublishResult): void {
  emitMetrics(
    'outbox',
    { EventsPublished: published.length, EventsNotPublished: failed.length },
    {},
  );
  if (failed.length > 0) log.error('Domain events stay in the outbox', { failed });
}

import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { publishOldest } from './outbox.queries.ts';
import type { PublishableEvent, PublishEvents, PublishResult } from './put-events.ts';

export interface PublishOutboxDeps {
  readonly publish: PublishEvents;
  /** Records in the outbox which entries were published and which failed. */
  readonly mark: (result: PublishResult) => Promise<void>;
}

export type PublishOutbox = (entries: readonly PublishableEvent[]) => Promise<void>;

/**
 * Publishes entries right after their transaction committed. Never throws: the entries are stored
 * in the outbox, and the relay publishes the unpublished ones. A crash before `mark` publishes an
 * entry twice with the same id.
 */
export function makePublishOutbox({ publish, mark }: PublishOutboxDeps): PublishOutbox {
  return async function publishOutbox(entries) {
    if (entries.length === 0) return;
    const result = await publish(entries);
    report(result);
    try {
      await mark(result);
    } catch (error) {
      log.warn('Failed to mark published events; the relay publishes them again', { error });
    }
  };
}

export interface RelayOutboxDeps {
  readonly pool: GetPool;
  readonly publish: PublishEvents;
  readonly now: Clock;
  /** Number of entries that one transaction publishes. */
  readonly batchSize?: number;
}

// Leaves new entries to the process that wrote them, which publishes them right after its commit.
const GRACE_MS = 10_000;

// One round keeps a transaction open for up to 4 s (two attempts at EventBridge).
const ROUND_MS = 8_000;

/**
 * Publishes the entries left in the outbox, oldest first. Stops when the outbox is empty, a publish
 * fails or the time is up.
 */
export function makeRelayOutbox({ pool, publish, now, batchSize = 100 }: RelayOutboxDeps) {
  return async function relayOutbox({ remainingMs }: RunningJob): Promise<JobCounts> {
    const createdBefore = new Date(now().getTime() - GRACE_MS);
    let published = 0;
    while (remainingMs() > ROUND_MS) {
      const batch = { createdBefore, limit: batchSize };
      const result = await publishOldest(await pool(), batch, publish, now);
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
  if (failed.length > 0) log.error('Failed to publish domain events', { failed });
}

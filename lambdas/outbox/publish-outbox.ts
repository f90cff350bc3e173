import type { JobCounts, RunningJob } from '../jobs/run-job.ts';
import type { Clock } from '../platform/clock.ts';
import { emitMetrics, log } from '../platform/logger.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import { makeBusPause } from './bus-pause.ts';
import {
  type LeasedEntry,
  leaseDueEntries,
  markPublished,
  OUTBOX_START,
  type OutboxPosition,
} from './outbox.queries.ts';
import type { PublishableEvent, PublishEvents, PublishResult } from './put-events.ts';

export interface PublishOutboxDeps {
  readonly publish: PublishEvents;
  /** Records in the outbox which entries were published and which failed. */
  readonly mark: (result: PublishResult) => Promise<void>;
  readonly now: Clock;
}

export type PublishOutbox = (entries: readonly PublishableEvent[]) => Promise<void>;

/**
 * Publishes entries right after their transaction committed. Never throws: the entries are stored
 * in the outbox, and the relay publishes the unpublished ones. Leaves entries to the relay during a
 * growing pause after EventBridge was unavailable. A crash before `mark` publishes an entry twice
 * with the same id.
 */
export function makePublishOutbox({ publish, mark, now }: PublishOutboxDeps): PublishOutbox {
  const pause = makeBusPause(now);
  return async function publishOutbox(entries) {
    if (entries.length === 0) return;
    if (pause.isActive()) {
      countEntries(0, entries.length);
      return;
    }
    const result = await publish(entries);
    pause.record(!isUnavailable(result));
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

// Keeps the log line short when EventBridge is unavailable.
const LOGGED_FAILURES = 10;

// Leaves new entries to the process that wrote them, which publishes them right after its commit.
const GRACE_MS = 10_000;

// One round takes up to 8 s: two calls with two attempts at EventBridge each.
const ROUND_MS = 12_000;

/**
 * Publishes the entries left in the outbox, oldest first, each at most once in a run. An entry that
 * EventBridge rejects does not delay the entries behind it. Stops when no due entry is left, when
 * EventBridge is unavailable or when the time is up.
 */
export function makeRelayOutbox({ pool, publish, now, batchSize = 100 }: RelayOutboxDeps) {
  return async function relayOutbox({ remainingMs }: RunningJob): Promise<JobCounts> {
    const createdBefore = new Date(now().getTime() - GRACE_MS);
    let after: OutboxPosition | undefined = OUTBOX_START;
    let published = 0;
    while (after !== undefined && remainingMs() > ROUND_MS) {
      const db = await pool();
      const entries: readonly LeasedEntry[] = await leaseDueEntries(
        db,
        { createdBefore, after, limit: batchSize },
        now(),
      );
      if (entries.length === 0) break;
      const result = await publish(entries);
      report(result);
      await markPublished(db, result, now());
      published += result.published.length;
      after = isUnavailable(result) ? undefined : entries.at(-1);
    }
    return { EventsRelayed: published };
  };
}

/** True if EventBridge accepted no entry and at least one failed for a reason outside the entry. */
const isUnavailable = ({ published, failed }: PublishResult): boolean =>
  published.length === 0 && failed.some(({ kind }) => kind === 'unavailable');

function report({ published, failed }: PublishResult): void {
  countEntries(published.length, failed.length);
  if (failed.length > 0)
    log.error('Failed to publish domain events', {
      count: failed.length,
      failed: failed.slice(0, LOGGED_FAILURES),
    });
}

const countEntries = (published: number, notPublished: number): void =>
  emitMetrics('outbox', { EventsPublished: published, EventsNotPublished: notPublished }, {});

import { MAX_REDRIVES } from '../../catalog/retry-limits.ts';
import type { Enqueue } from '../../platform/aws/queue-message.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import { toQueueMessage } from '../envelope.ts';
import {
  countRedrives,
  type ExhaustedEvent,
  exhaust,
  lockOrphans,
  type OrphanSelection,
  type UnappliedEvent,
} from '../failed-events.queries.ts';

export interface OrphanDeps {
  readonly pool: GetPool;
  readonly enqueue: Enqueue;
  readonly now: Clock;
}

export interface OrphanCounts {
  readonly redriven: number;
  readonly exhausted: number;
}

/**
 * Enqueues failed events whose messages are lost, from the bodies in the ledger. Exhausts those
 * without redrives left. If enqueueing fails for one event, no redrive of the selection is
 * recorded.
 */
export async function redriveOrphans(
  { pool, enqueue, now }: OrphanDeps,
  selection: OrphanSelection,
): Promise<OrphanCounts> {
  return inTransaction(await pool(), async (tx) => {
    const orphans = await lockOrphans(tx, selection);
    const retriable = orphans.filter(({ redrives }) => redrives < MAX_REDRIVES);
    const spent = orphans.filter(({ redrives }) => redrives >= MAX_REDRIVES);
    await Promise.all(retriable.map((event) => enqueue(toMessage(event))));
    await countRedrives(tx, retriable, now());
    await exhaust(tx, spent.map(toExhaustedEvent), now());
    return { redriven: retriable.length, exhausted: spent.length };
  });
}

function toMessage({ source, eventId, type, receivedAt, body }: UnappliedEvent) {
  return toQueueMessage({
    provider: source,
    eventId,
    eventType: type,
    receivedAt: receivedAt.toISOString(),
    trace: eventId,
    body,
  });
}

const toExhaustedEvent = (event: UnappliedEvent): ExhaustedEvent => ({
  ...event,
  errorCode: event.errorCode ?? 'unknown',
  errorMessage: event.errorMessage ?? '',
});

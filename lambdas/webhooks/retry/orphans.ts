import { MAX_REDRIVES } from '../../catalog/retry-limits.ts';
import type { Enqueue } from '../../platform/aws/queue-message.ts';
import type { Clock } from '../../platform/clock.ts';
import { log } from '../../platform/logger.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import { toQueueMessage } from '../envelope.ts';
import {
  countRedrives,
  type ExhaustedEvent,
  exhaust,
  lockOrphans,
  type OrphanedEvent,
  type OrphanSelection,
  uncountRedrives,
} from '../failed-events.queries.ts';
import { isOurFault } from '../failure-kind.ts';

export interface OrphanDeps {
  readonly pool: GetPool;
  readonly enqueue: Enqueue;
  readonly now: Clock;
}

export interface OrphanCounts {
  readonly redriven: number;
  readonly exhausted: number;
  /** Events that the queue did not accept. They stay orphaned until the next run. */
  readonly rejected: number;
}

type Retriable = OrphanedEvent & { readonly body: string };

/**
 * Enqueues failed events and replays whose messages are lost, from the bodies in the ledger.
 * Exhausts those without a body, and those without redrives left unless the fault is ours. The
 * redrives are committed first, so that no transaction stays open during the calls to SQS.
 */
export async function redriveOrphans(
  deps: OrphanDeps,
  selection: OrphanSelection,
): Promise<OrphanCounts> {
  const { pool, now } = deps;
  const { retriable, spent } = await inTransaction(await pool(), async (tx) => {
    const orphans = await lockOrphans(tx, selection);
    const canRetry = orphans.filter(isRetriable);
    const others = orphans.filter((orphan) => !isRetriable(orphan));
    await countRedrives(tx, canRetry, now());
    await exhaust(tx, others.map(toExhaustedEvent), now());
    return { retriable: canRetry, spent: others };
  });
  const sent = await Promise.all(retriable.map((event) => sendOne(deps, event)));
  const rejected = retriable.filter((_, index) => sent[index] !== true);
  // Restores the age, so that the next run finds the events again.
  const unchangedSince = new Date(selection.updatedBefore.getTime() - 1);
  await uncountRedrives(await pool(), rejected, unchangedSince);
  return {
    redriven: retriable.length - rejected.length,
    exhausted: spent.length,
    rejected: rejected.length,
  };
}

const isRetriable = (event: OrphanedEvent): event is Retriable =>
  event.body !== null && (event.redrives < MAX_REDRIVES || isOurFault(event.errorCode));

async function sendOne({ enqueue }: OrphanDeps, event: Retriable): Promise<boolean> {
  const { source: provider, eventId, replay } = event;
  try {
    await enqueue(toMessage(event));
    return true;
  } catch (error) {
    log.error('Failed to redrive orphaned event', { provider, eventId, replay, error });
    return false;
  }
}

function toMessage({ source, eventId, replay, type, origin, receivedAt, body }: Retriable) {
  return toQueueMessage({
    provider: source,
    eventId,
    eventType: type,
    receivedAt: receivedAt.toISOString(),
    trace: eventId,
    ...(typeof replay === 'string' ? { replay } : {}),
    ...(origin === 'reconciled' ? { origin } : {}),
    body,
  });
}

const toExhaustedEvent = (event: OrphanedEvent): ExhaustedEvent => ({
  ...event,
  errorCode: event.errorCode ?? (event.body === null ? 'body-pruned' : 'unknown'),
  errorMessage: event.errorMessage ?? '',
});

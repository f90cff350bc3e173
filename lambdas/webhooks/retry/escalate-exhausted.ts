import { insertNotifications } from '../../notifications/notifications.queries.ts';
import {
  insertOutboxEntries,
  markPublished,
  type OutboxEntry,
} from '../../outbox/outbox.queries.ts';
import { makePublishOutbox } from '../../outbox/publish-outbox.ts';
import type { PublishEvents } from '../../outbox/put-events.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import { lockUnescalated, markEscalated } from '../reported-events.queries.ts';
import { composeEscalation, type EscalationOptions } from './escalation.ts';

export interface EscalateDeps {
  readonly pool: GetPool;
  readonly publish: PublishEvents;
  readonly escalation: EscalationOptions;
  readonly now: Clock;
}

// The job `relay-outbox` publishes the rest. A call to the bus takes ten entries.
const PUBLISHED_AT_ONCE = 500;

/**
 * Escalates up to `limit` exhausted events once and returns their number.
 * Concurrent runs escalate disjoint sets of events (`skip locked`).
 */
export async function escalateExhausted(deps: EscalateDeps, limit: number): Promise<number> {
  const { pool, publish, now } = deps;
  const { events, outbox } = await recordEscalation(deps, limit);
  const publishOutbox = makePublishOutbox({
    publish,
    mark: async (result) => markPublished(await pool(), result, now()),
    now,
  });
  await publishOutbox(outbox.slice(0, PUBLISHED_AT_ONCE));
  return events;
}

async function recordEscalation(
  { pool, escalation, now }: EscalateDeps,
  limit: number,
): Promise<{ readonly events: number; readonly outbox: readonly OutboxEntry[] }> {
  return inTransaction(await pool(), async (tx) => {
    const events = await lockUnescalated(tx, limit);
    const { notifications, outbox } = composeEscalation(events, escalation, now());
    tx.deferUntilCommit(
      Promise.all([
        insertNotifications(tx, notifications),
        insertOutboxEntries(tx, outbox),
        markEscalated(tx, events, now()),
      ]),
    );
    return { events: events.length, outbox };
  });
}

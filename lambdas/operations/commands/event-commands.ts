import { randomUUID } from 'node:crypto';
import { eventStatuses } from '../../catalog/statuses.ts';
import { chunksOf } from '../../platform/chunks.ts';
import type { Clock } from '../../platform/clock.ts';
import { parseJson } from '../../platform/json.ts';
import { log } from '../../platform/logger.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import { redact } from '../../platform/redaction.ts';
import { closeEvents, countOpenEvents } from '../../webhooks/close-events.queries.ts';
import { findEventBody, findEventDetails } from '../../webhooks/event-details.queries.ts';
import {
  countEvents,
  type EventFilter,
  markReplayed,
  type ReplayedEvent,
  type ReplayPage,
} from '../../webhooks/event-search.queries.ts';
import type { EventQueues } from '../event-queues.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface EventCommandDeps {
  readonly pool: GetPool;
  readonly queues: Pick<EventQueues, 'replay'>;
  readonly now: Clock;
}

type EventCommands = CommandHandlers<
  'events show' | 'events body' | 'events replay' | 'events close'
>;

interface Page {
  readonly cursor: string | undefined;
  readonly limit: number;
}

export function makeEventCommands(deps: EventCommandDeps): EventCommands {
  const { pool } = deps;
  return {
    async 'events show'({ provider, event }) {
      return findEventDetails(await pool(), { provider, event });
    },

    async 'events body'({ provider, event }) {
      const found = await findEventBody(await pool(), { provider, event });
      return found && { provider, event, ...found, body: redactBody(found.body) };
    },

    async 'events replay'({ reason: _, dryRun, limit, cursor, status, ...given }) {
      const filter = { ...given, statuses: status ?? ['failed', 'exhausted'] };
      if (dryRun) return { matching: await countEvents(await pool(), filter), replayed: 0 };
      const { page, notSent } = await replayPage(filter, { cursor, limit }, deps);
      if (given.event !== undefined && page.size === 0) return undefined;
      return {
        replayed: page.replayed.length - notSent.length,
        events: page.replayed
          .filter((one) => !notSent.includes(one))
          .map((one) => ({ ...toKey(one), replay: one.replay })),
        ...(page.skipped.length > 0 && { withoutBody: page.skipped.map(toKey) }),
        ...(notSent.length > 0 && { sentLater: notSent.map(toKey) }),
        cursor: page.size === limit ? page.lastId : undefined,
      };
    },

    async 'events close'({ reason, dryRun, limit, status, ...given }, operator) {
      const db = await pool();
      // A processed event is named for its replays.
      const one = given.event === undefined ? ['failed', 'exhausted'] : [...eventStatuses];
      const filter = { ...given, statuses: status ?? one };
      if (dryRun) return { matching: await countOpenEvents(db, filter), closed: 0 };
      const events = await closeEvents(db, filter, { limit, now: deps.now(), operator, reason });
      if (given.event !== undefined && events.length === 0) return undefined;
      return { closed: events.length, events, more: events.length === limit };
    },
  };
}

const toKey = ({ source, eventId }: { readonly source: string; readonly eventId: string }) => ({
  provider: source,
  event: eventId,
});

// Bounds the parallel calls to SQS.
const SENT_TOGETHER = 10;

/**
 * Marks one page of events as replayed and then enqueues them, so that no transaction is open
 * during the calls to SQS. The retry job enqueues within about an hour what could not be sent.
 */
async function replayPage(
  filter: EventFilter,
  selection: Page,
  { pool, queues, now }: EventCommandDeps,
): Promise<{ readonly page: ReplayPage; readonly notSent: readonly ReplayedEvent[] }> {
  const page = await inTransaction(await pool(), (tx) =>
    markReplayed(tx, filter, selection, { now: now(), makeReplay: randomUUID }),
  );
  const notSent: ReplayedEvent[] = [];
  for (const chunk of chunksOf(page.replayed, SENT_TOGETHER)) {
    // The queue is unavailable; each further call would wait for its timeout.
    const isDown = notSent.length >= SENT_TOGETHER;
    const sent = await Promise.all(chunk.map((event) => !isDown && sendReplay(queues, event)));
    notSent.push(...chunk.filter((_, index) => sent[index] !== true));
  }
  return { page, notSent };
}

async function sendReplay(
  queues: EventCommandDeps['queues'],
  event: ReplayedEvent,
): Promise<boolean> {
  try {
    await queues.replay(event);
    return true;
  } catch (error) {
    const { source: provider, eventId, replay } = event;
    log.error('Failed to enqueue replay', { provider, eventId, replay, error });
    return false;
  }
}

function redactBody(body: string | null): unknown {
  const value = parseJson(body ?? 'null');
  return redact(value === undefined ? body : value);
}

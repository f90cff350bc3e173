import { eventStatuses } from '../../catalog/operator-commands.ts';
import type { Clock } from '../../platform/clock.ts';
import { parseJson } from '../../platform/json.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import { redact } from '../../platform/redaction.ts';
import { findEventDetails } from '../../webhooks/event-details.queries.ts';
import {
  countEvents,
  type EventFilter,
  listEvents,
  markReplayed,
} from '../../webhooks/event-search.queries.ts';
import type { EventQueues } from '../event-queues.ts';
import type { CommandHandlers } from './command-handlers.ts';

export interface EventCommandDeps {
  readonly pool: GetPool;
  readonly queues: Pick<EventQueues, 'replay'>;
  readonly now: Clock;
}

type EventCommands = CommandHandlers<'events list' | 'events show' | 'events replay'>;

interface Page {
  readonly cursor: string | undefined;
  readonly limit: number;
}

export function makeEventCommands(deps: EventCommandDeps): EventCommands {
  const { pool } = deps;
  return {
    async 'events list'({ limit, cursor, status, ...given }) {
      const filter = { ...given, statuses: status ? [status] : eventStatuses };
      const events = await listEvents(await pool(), filter, { cursor, limit });
      return { events, cursor: nextCursor(events, limit) };
    },

    async 'events show'({ provider, event }) {
      const details = await findEventDetails(await pool(), { provider, event });
      return details && { ...details, body: redactBody(details.body) };
    },

    async 'events replay'({ reason: _, dryRun, limit, cursor, status, ...given }) {
      const filter = { ...given, statuses: status ? [status] : ['failed', 'exhausted'] };
      if (dryRun) return { matching: await countEvents(await pool(), filter), replayed: 0 };
      const events = await replayPage(filter, { cursor, limit }, deps);
      if (given.event !== undefined && events.length === 0) return undefined;
      return {
        replayed: events.length,
        events: events.map(({ source, eventId }) => ({ provider: source, event: eventId })),
        cursor: nextCursor(events, limit),
      };
    },
  };
}

/**
 * Marks one page of events as replayed and enqueues them. A failure of one rolls back the whole
 * page.
 */
async function replayPage(
  filter: EventFilter,
  page: Page,
  { pool, queues, now }: EventCommandDeps,
) {
  return inTransaction(await pool(), async (tx) => {
    const events = await markReplayed(tx, filter, page, now());
    await Promise.all(events.map((event) => queues.replay(event)));
    return events;
  });
}

const nextCursor = (events: readonly { readonly id: string }[], limit: number) =>
  events.length === limit ? events.at(-1)?.id : undefined;

function redactBody(body: string | null): unknown {
  const value = parseJson(body ?? 'null');
  return redact(value === undefined ? body : value);
}

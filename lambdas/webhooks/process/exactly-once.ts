import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { claimCompletedKeys } from '../../platform/postgres/idempotency.queries.ts';
import { inTransaction, type Transaction } from '../../platform/postgres/transaction.ts';
import { recordProcessed } from '../webhook-events.queries.ts';
import type { EventEffects, EventHandler, IncomingEvent } from './event-handler.ts';
import { EventIdempotency, RECORD_SECONDS } from './event-idempotency.ts';
import { type EventOutcome, outcomeOf, toProcessedEntry } from './event-outcome.ts';

export interface AppliedEvents {
  /** Outcomes by event id. */
  readonly outcomes: ReadonlyMap<string, EventOutcome>;
  readonly outbox: readonly OutboxEntry[];
}

export interface ExactlyOnce<Event> {
  /**
   * Applies all events in one transaction, so a failure of one rolls back all. No event may occur
   * twice.
   */
  applyBatch(events: readonly IncomingEvent<Event>[]): Promise<AppliedEvents>;
  applyOne(event: IncomingEvent<Event>): Promise<AppliedEvents>;
}

export interface ExactlyOnceDeps<Event, Rows> {
  readonly provider: string;
  readonly pool: GetPool;
  readonly eventHandler: EventHandler<Event, Rows>;
  readonly now: Clock;
}

/**
 * Commits the effects, ledger entry, outbox entries and idempotency record of each event together.
 */
export function makeExactlyOnce<Event, Rows>({
  provider,
  pool,
  eventHandler,
  now,
}: ExactlyOnceDeps<Event, Rows>): ExactlyOnce<Event> {
  const idempotency = new EventIdempotency(pool, provider);

  async function applyNew(
    tx: Transaction,
    rows: Rows,
    incoming: readonly IncomingEvent<Event>[],
    at: Date,
  ): Promise<AppliedEvents> {
    const active = incoming.filter(({ event }) => event !== undefined);
    const effects = await eventHandler.apply(tx, rows, eventsOf(active), at);
    const effectsById = new Map(active.map(({ eventId }, index) => [eventId, effects[index]]));
    const results = incoming.map((one) => ({ one, effects: effectsById.get(one.eventId) }));
    const entries = results.map((result) => toProcessedEntry(provider, result.one, result.effects));
    tx.deferUntilCommit(recordProcessed(tx, entries, at));
    return {
      outcomes: new Map(
        results.map((result) => [result.one.eventId, outcomeOf(result.one, result.effects)]),
      ),
      outbox: effects.flatMap(({ outbox }: EventEffects) => outbox),
    };
  }

  return {
    async applyBatch(incoming) {
      const at = now();
      const expiresAt = Math.floor(at.getTime() / 1000) + RECORD_SECONDS;
      const byKey = new Map(incoming.map((one) => [idempotency.keyOf(one), one]));
      const applied = await inTransaction(await pool(), async (tx) => {
        const [claimed, rows] = await Promise.all([
          claimCompletedKeys(tx, [...byKey.keys()], expiresAt),
          eventHandler.load(tx, eventsOf(incoming), at),
        ]);
        const claimedEvents = [...byKey].flatMap(([key, one]) => (claimed.has(key) ? [one] : []));
        return applyNew(tx, rows, claimedEvents, at);
      });
      return withDuplicates(incoming, applied);
    },

    async applyOne(incoming) {
      const at = now();
      let applied: AppliedEvents = { outcomes: new Map(), outbox: [] };
      const applyOnce = idempotency.bind<IncomingEvent<Event>, void>(async (one, tx) => {
        const rows = await eventHandler.load(tx, eventsOf([one]), at);
        applied = await applyNew(tx, rows, [one], at);
      }, idempotency);
      await applyOnce(incoming);
      return withDuplicates([incoming], applied);
    },
  };
}

const eventsOf = <Event>(incoming: readonly IncomingEvent<Event>[]): Event[] =>
  incoming.flatMap(({ event }) => (event === undefined ? [] : [event]));

function withDuplicates(
  incoming: readonly IncomingEvent<unknown>[],
  { outcomes, outbox }: AppliedEvents,
): AppliedEvents {
  const all = incoming.map(
    ({ eventId }) => [eventId, outcomes.get(eventId) ?? 'duplicate'] as const,
  );
  return { outcomes: new Map(all), outbox };
}

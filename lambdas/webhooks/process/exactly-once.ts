import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { claimCompletedKeys } from '../../platform/postgres/idempotency.queries.ts';
import { inTransaction, type Transaction } from '../../platform/postgres/transaction.ts';
import { causeId } from '../cause-id.ts';
import { findAppliedEvents, recordProcessed } from '../webhook-events.queries.ts';
import type { EventEffects, EventHandler, IncomingEvent } from './event-handler.ts';
import { EventIdempotency, RECORD_SECONDS } from './event-idempotency.ts';
import { type EventOutcome, outcomeOf, toProcessedEntry } from './event-outcome.ts';

export interface AppliedEvents {
  /** Outcomes by cause id. */
  readonly outcomes: ReadonlyMap<string, EventOutcome>;
  readonly outbox: readonly OutboxEntry[];
}

export interface ExactlyOnce<Event> {
  /**
   * Applies all events in one transaction, so a failure of one rolls back all. No event may occur
   * twice, not even as a replay.
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
export function makeExactlyOnce<Event, Rows>(
  deps: ExactlyOnceDeps<Event, Rows>,
): ExactlyOnce<Event> {
  const { provider, pool, now } = deps;
  const idempotency = new EventIdempotency(pool, provider);

  return {
    async applyBatch(incoming) {
      const at = now();
      const expiresAt = Math.floor(at.getTime() / 1000) + RECORD_SECONDS;
      const byKey = new Map(incoming.map((one) => [idempotency.keyOf(one), one]));
      const applied = await inTransaction(await pool(), async (tx) => {
        const claiming = claimCompletedKeys(tx, [...byKey.keys()], expiresAt);
        const findClaimed = async () => {
          const claimed = await claiming;
          return [...byKey].flatMap(([key, one]) => (claimed.has(key) ? [one] : []));
        };
        const [claimed, loaded] = await Promise.all([
          findClaimed(),
          load(deps, tx, incoming, { at, findClaimed }),
        ]);
        return applyNew(deps, tx, loaded, { incoming: claimed, at });
      });
      return withDuplicates(incoming, applied);
    },

    async applyOne(incoming) {
      const at = now();
      let applied: AppliedEvents = { outcomes: new Map(), outbox: [] };
      const applyOnce = idempotency.bind<IncomingEvent<Event>, void>(async (one, tx) => {
        const loaded = await load(deps, tx, [one], { at, findClaimed: async () => [one] });
        applied = await applyNew(deps, tx, loaded, { incoming: [one], at });
      }, idempotency);
      await applyOnce(incoming);
      return withDuplicates([incoming], applied);
    },
  };
}

interface Loaded<Rows> {
  readonly rows: Rows;
  /** Ids of the replayed events that were applied before. */
  readonly applied: ReadonlySet<string>;
}

interface LoadOptions<Event> {
  readonly at: Date;
  /** Resolves to the events whose keys were free. */
  readonly findClaimed: () => Promise<readonly IncomingEvent<Event>[]>;
}

/** Issues its first statements synchronously, so they share a round trip with the claim. */
async function load<Event, Rows>(
  { provider, eventHandler }: ExactlyOnceDeps<Event, Rows>,
  tx: Transaction,
  incoming: readonly IncomingEvent<Event>[],
  { at, findClaimed }: LoadOptions<Event>,
): Promise<Loaded<Rows>> {
  const replayed = incoming.filter(({ replay }) => replay !== undefined);
  const replayedIds = replayed.map(({ eventId }) => eventId);
  const [rows, applied] = await Promise.all([
    eventHandler.load(tx, eventsOf(incoming), at, async () => eventsOf(await findClaimed())),
    findAppliedEvents(tx, provider, replayedIds),
  ]);
  return { rows, applied };
}

interface NewEvents<Event> {
  readonly incoming: readonly IncomingEvent<Event>[];
  readonly at: Date;
}

async function applyNew<Event, Rows>(
  { provider, eventHandler }: ExactlyOnceDeps<Event, Rows>,
  tx: Transaction,
  { rows, applied }: Loaded<Rows>,
  { incoming, at }: NewEvents<Event>,
): Promise<AppliedEvents> {
  const active = incoming.filter(({ event }) => event !== undefined);
  const causes = new Map(active.map((one) => [one.event, causeOfEffects(one, applied)]));
  const causeOf = (event: Event) => causes.get(event) as string;
  const effects = await eventHandler.apply(tx, rows, eventsOf(active), at, causeOf);
  const effectsByEvent = new Map(active.map((one, index) => [one, effects[index]]));
  const results = incoming.map((one) => ({ one, effects: effectsByEvent.get(one) }));
  const entries = results.map((result) => toProcessedEntry(provider, result.one, result.effects));
  tx.deferUntilCommit(recordProcessed(tx, entries, at));
  return {
    outcomes: new Map(
      results.map((result) => [causeId(result.one), outcomeOf(result.one, result.effects)]),
    ),
    outbox: effects.flatMap(({ outbox }: EventEffects) => outbox),
  };
}

/**
 * A replay that applies its event for the first time derives the ids of the event itself, so that a
 * delivery that is processed later finds the same rows.
 */
const causeOfEffects = (one: IncomingEvent<unknown>, applied: ReadonlySet<string>): string =>
  applied.has(one.eventId) ? causeId(one) : one.eventId;

const eventsOf = <Event>(incoming: readonly IncomingEvent<Event>[]): Event[] =>
  incoming.flatMap(({ event }) => (event === undefined ? [] : [event]));

function withDuplicates(
  incoming: readonly IncomingEvent<unknown>[],
  { outcomes, outbox }: AppliedEvents,
): AppliedEvents {
  const all = incoming.map((one) => {
    const id = causeId(one);
    return [id, outcomes.get(id) ?? 'duplicate'] as const;
  });
  return { outcomes: new Map(all), outbox };
}

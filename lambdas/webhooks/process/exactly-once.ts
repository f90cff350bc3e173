import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import type { Clock } from '../../platform/clock.ts';
import { claimCompletedKeys } from '../../platform/postgres/idempotency.queries.ts';
import { type GetPool, TransactionPersistenceLayer } from '../../platform/postgres/idempotency.ts';
import { inTransaction, type Transaction } from '../../platform/postgres/transaction.ts';
import { type ProcessedEntry, recordProcessed } from '../webhook-events.queries.ts';

/** An event as it came from the queue. */
export interface IncomingEvent<Event> {
  readonly eventId: string;
  readonly type: string;
  /** Each replay of an event is claimed for itself. */
  readonly replay?: string;
  /** Made by us to see whether it gets here. */
  readonly synthetic?: boolean;
  readonly receivedAt: Date;
  /** What the ledger keeps. */
  readonly body: string;
  /** Undefined for an event that changes nothing. */
  readonly event: Event | undefined;
}

/** What one event did. `stale`: it came too late to move anything. */
export interface Effects {
  readonly stale: boolean;
  readonly assetEvents: readonly string[];
  readonly notifications: readonly string[];
  readonly outbox: readonly OutboxEntry[];
}

/** What the events of one provider do to Postgres, for any number of them at once. */
export interface Application<Event> {
  /** Locks what they concern. It sends all its statements at once: they travel with the claim. */
  lock(tx: Transaction, events: readonly Event[], now: Date): Promise<Locked<Event>>;
}

export interface Locked<Event> {
  /** Decides, and enlists its writes: they travel with the commit. */
  apply(tx: Transaction, events: readonly Event[], now: Date): Decided;
}

export interface Decided {
  /** In the order of the events. */
  readonly effects: readonly Effects[];
  /** What takes its time, while Postgres carries out all that was said before; then it enlists what is left to write. */
  finish?(): Promise<void>;
}

export type Outcome = 'processed' | 'stale' | 'ignored' | 'synthetic' | 'duplicate';

export interface Applied {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly outbox: readonly OutboxEntry[];
}

export interface ExactlyOnce<Event> {
  /** In one transaction, so when one of them fails, none has happened. No event may be in it twice. */
  applyTogether(arrivals: readonly IncomingEvent<Event>[]): Promise<Applied>;
  applyAlone(arrival: IncomingEvent<Event>): Promise<Applied>;
}

export interface ExactlyOnceSettings<Event> {
  readonly provider: string;
  readonly pool: GetPool;
  readonly application: Application<Event>;
  readonly now: Clock;
}

// Mux delivers again for a day, Resend for two; an operator may have either send an old event once more.
const RECORD_SECONDS = 30 * 86_400;

/** Effects, ledger, outbox and idempotency record of an event commit together, in company or alone. */
export function makeExactlyOnce<Event>(settings: ExactlyOnceSettings<Event>): ExactlyOnce<Event> {
  const { provider, pool, application, now } = settings;
  const idempotency = new EventIdempotency(pool, provider);

  async function settle(
    tx: Transaction,
    fresh: readonly IncomingEvent<Event>[],
    locked: Locked<Event>,
    at: Date,
  ) {
    const active = fresh.filter(({ event }) => event !== undefined);
    const { effects, finish } = locked.apply(tx, eventsOf(active), at);
    const effectsOf = new Map(active.map(({ eventId }, index) => [eventId, effects[index]]));
    const entries = fresh.map((arrival) =>
      ledgerEntry(provider, arrival, effectsOf.get(arrival.eventId)),
    );
    tx.deferUntilCommit(recordProcessed(tx, entries, at));
    await finish?.();
    return {
      outcomes: new Map(
        fresh.map((arrival) => [
          arrival.eventId,
          outcomeOf(arrival, effectsOf.get(arrival.eventId)),
        ]),
      ),
      outbox: effects.flatMap(({ outbox }) => outbox),
    };
  }

  return {
    async applyTogether(arrivals) {
      const at = now();
      const settled = await inTransaction(await pool(), async (tx) => {
        const keys = new Map(arrivals.map((arrival) => [idempotency.keyOf(arrival), arrival]));
        const [claimed, locked] = await Promise.all([
          claimCompletedKeys(
            tx,
            [...keys.keys()],
            Math.floor(at.getTime() / 1000) + RECORD_SECONDS,
          ),
          application.lock(tx, eventsOf(arrivals), at),
        ]);
        const fresh = [...keys].flatMap(([key, arrival]) => (claimed.has(key) ? [arrival] : []));
        return settle(tx, fresh, locked, at);
      });
      return withDuplicates(arrivals, settled);
    },

    async applyAlone(arrival) {
      const at = now();
      let settled: Applied = { outcomes: new Map(), outbox: [] };
      const applyOnce = idempotency.bind<IncomingEvent<Event>, void>(async (one, tx) => {
        settled = await settle(tx, [one], await application.lock(tx, eventsOf([one]), at), at);
      }, idempotency);
      await applyOnce(arrival);
      return withDuplicates([arrival], settled);
    },
  };
}

/** Keys are Powertools' own, so that an event is known whichever of the two ways it went before. */
class EventIdempotency extends TransactionPersistenceLayer {
  readonly keyPrefix: string;
  readonly config = new IdempotencyConfig({
    eventKeyJmesPath: '[eventId, replay]',
    expiresAfterSeconds: RECORD_SECONDS,
    hashFunction: 'sha256',
    throwOnNoIdempotencyKey: true,
  });

  constructor(pool: GetPool, provider: string) {
    super(pool);
    this.keyPrefix = `webhook-${provider}`;
    this.configure({ config: this.config, keyPrefix: this.keyPrefix });
  }

  keyOf({
    eventId,
    replay = null,
  }: {
    readonly eventId: string;
    readonly replay?: string | null;
  }): string {
    return this.getHashedIdempotencyKey({ eventId, replay });
  }
}

const eventsOf = <Event>(arrivals: readonly IncomingEvent<Event>[]): Event[] =>
  arrivals.flatMap(({ event }) => (event === undefined ? [] : [event]));

function ledgerEntry(
  source: string,
  { eventId, type, synthetic = false, receivedAt, body }: IncomingEvent<unknown>,
  effects: Effects | undefined,
): ProcessedEntry {
  const entry = { source, eventId, type, receivedAt, body };
  if (effects === undefined)
    return { ...entry, status: synthetic ? 'synthetic' : 'ignored', effects: {} };
  const { assetEvents, notifications, outbox } = effects;
  return {
    ...entry,
    status: 'processed',
    effects: { assetEvents, notifications, outbox: outbox.map(({ id }) => id) },
  };
}

function outcomeOf(
  { synthetic = false }: IncomingEvent<unknown>,
  effects: Effects | undefined,
): Outcome {
  if (effects === undefined) return synthetic ? 'synthetic' : 'ignored';
  return effects.stale ? 'stale' : 'processed';
}

function withDuplicates(
  arrivals: readonly IncomingEvent<unknown>[],
  { outcomes, outbox }: Applied,
): Applied {
  const known = arrivals.map(
    ({ eventId }) => [eventId, outcomes.get(eventId) ?? 'duplicate'] as const,
  );
  return { outcomes: new Map(known), outbox };
}

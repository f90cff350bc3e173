import type { OutboxEntry } from '../../outbox/outbox.queries.ts';
import type { Transaction } from '../../platform/postgres/transaction.ts';

/** One event as received from the queue. */
export interface IncomingEvent<Event> {
  readonly eventId: string;
  readonly type: string;
  /** Identifies one replay. Each replay of an event has its own idempotency key. */
  readonly replay?: string;
  /** True for an event of the smoke test. */
  readonly synthetic?: boolean;
  /** Set if the event was read from the provider's API. */
  readonly origin?: 'reconciled';
  readonly receivedAt: Date;
  /** Body as stored in the ledger. */
  readonly body: string;
  /** Parsed event; undefined if its type changes nothing. */
  readonly event: Event | undefined;
}

/** Effects of one event. */
export interface EventEffects {
  /** True if the event came too late to change any state. */
  readonly stale: boolean;
  /** True if the event was read from the provider's API before its delivery arrived. */
  readonly duplicate?: boolean;
  readonly assetEvents: readonly string[];
  readonly notifications: readonly string[];
  readonly outbox: readonly OutboxEntry[];
}

/** Applies the events of one provider to Postgres, any number at once. */
export interface EventHandler<Event, Rows> {
  /**
   * Reads and locks the rows that the events affect.
   * Issues its first statements synchronously, so they share a round trip with the claim.
   * @param claimed Resolves to the events to apply. A row may be inserted for these alone: the row
   * of a duplicate may have been deleted since the event was applied.
   */
  load(
    tx: Transaction,
    events: readonly Event[],
    now: Date,
    claimed: () => Promise<readonly Event[]>,
  ): Promise<Rows>;
  /**
   * Decides what the events change and defers the writes until the commit.
   * @param events A subset of the loaded events: duplicates are left out.
   * @param causeOf Returns the id from which the ids of new rows derive: that of the event, or that
   * of a replay if the event was applied before.
   * @returns the effects in the order of the events.
   */
  apply(
    tx: Transaction,
    rows: Rows,
    events: readonly Event[],
    now: Date,
    causeOf: (event: Event) => string,
  ): Promise<readonly EventEffects[]>;
}

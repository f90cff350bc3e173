import { MAX_REDRIVES } from '../../catalog/retry-limits.ts';
import {
  insertNotifications,
  type NewNotification,
} from '../../notifications/notifications.queries.ts';
import {
  insertOutboxEntries,
  markPublished,
  type OutboxEntry,
} from '../../outbox/outbox.queries.ts';
import type { PublishResult } from '../../outbox/put-events.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GetPool } from '../../platform/postgres/idempotency.ts';
import { inTransaction } from '../../platform/postgres/transaction.ts';
import {
  countRedrives,
  type DeadEvent,
  type EventKey,
  type ExhaustedEvent,
  exhaust,
  findStanding,
  lockStranded,
  lockUnescalated,
  markEscalated,
  type OpenEvent,
  type Standing,
  type StrandedSelection,
} from '../failed-events.queries.ts';

/** What the retry of failed webhooks does to Postgres. */
export interface RedriveStore {
  findStanding(keys: readonly EventKey[]): Promise<readonly Standing[]>;
  countRedrives(events: readonly DeadEvent[]): Promise<void>;
  exhaust(events: readonly ExhaustedEvent[]): Promise<void>;
  /** @param send Puts an event back into its queue. When it fails for one, none of the round counts as sent. */
  redriveStranded(
    selection: StrandedSelection,
    send: (event: OpenEvent) => Promise<void>,
  ): Promise<{ readonly redriven: number; readonly exhausted: number }>;
  markPublished(result: PublishResult): Promise<void>;
  /** Whoever runs at the same time tells of others. */
  escalate(
    limit: number,
    compose: Compose,
  ): Promise<{ readonly events: number; readonly outbox: readonly OutboxEntry[] }>;
}

type Compose = (events: readonly OpenEvent[]) => {
  readonly notifications: readonly NewNotification[];
  readonly outbox: readonly OutboxEntry[];
};

export function makeRedriveStore(pool: GetPool, now: Clock): RedriveStore {
  return {
    findStanding: async (keys) => findStanding(await pool(), keys),
    countRedrives: async (events) => countRedrives(await pool(), events, now()),
    exhaust: async (events) => exhaust(await pool(), events, now()),

    markPublished: async (result) => markPublished(await pool(), result, now()),

    async redriveStranded(selection, send) {
      return inTransaction(await pool(), async (tx) => {
        const stranded = await lockStranded(tx, selection);
        const again = stranded.filter(({ redrives }) => redrives < MAX_REDRIVES);
        const spent = stranded.filter(({ redrives }) => redrives >= MAX_REDRIVES);
        await Promise.all(again.map(send));
        await countRedrives(tx, again, now());
        await exhaust(tx, spent.map(withError), now());
        return { redriven: again.length, exhausted: spent.length };
      });
    },

    async escalate(limit, compose) {
      return inTransaction(await pool(), async (tx) => {
        const events = await lockUnescalated(tx, limit);
        const { notifications, outbox } = compose(events);
        tx.deferUntilCommit(
          Promise.all([
            insertNotifications(tx, notifications),
            insertOutboxEntries(tx, outbox),
            markEscalated(tx, events, now()),
          ]),
        );
        return { events: events.length, outbox };
      });
    },
  };
}

const withError = (event: OpenEvent): ExhaustedEvent => ({
  ...event,
  errorCode: event.errorCode ?? 'unknown',
  errorMessage: event.errorMessage ?? '',
});

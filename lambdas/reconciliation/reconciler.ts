import type { QueueMessage } from '../platform/aws/queue-message.ts';
import type { Clock } from '../platform/clock.ts';
import type { GetPool } from '../platform/postgres/database.ts';
import type { PacedCall } from './paced-calls.ts';
import type { Progress } from './progress.queries.ts';

/** Collaborators of a reconciler during one run. */
export interface ReconcilerContext {
  readonly progress: Progress;
  readonly pool: GetPool;
  readonly now: Clock;
  /** Sends one request to the provider, at most one per second. */
  readonly call: PacedCall;
  /** Stores the position. A later run continues there, also if this one is killed. */
  readonly save: (progress: Progress) => Promise<void>;
  /** Sends a message to the queue of the provider's processor. */
  readonly enqueue: (message: QueueMessage) => Promise<unknown>;
}

export interface ReconcilerCounts {
  /** Events or videos that were compared with the provider's records. */
  readonly compared: number;
  /** Missed events whose recovery failed. A later run tries again. */
  readonly failed: number;
}

/**
 * Compares the ledger with the records of one provider, and recovers what was missed. Ends when all
 * is compared. Throws when the time is used up; the saved position is then kept.
 */
export type Reconcile = (context: ReconcilerContext, counts: CountReconciled) => Promise<void>;

/** Counts as the work proceeds, because a run may end at any request. */
export type CountReconciled = (counts: Partial<ReconcilerCounts>) => void;

/** Time after which an event counts as missed: longer than three receives with their delays. */
export const MISSED_AFTER_MS = 30 * 60_000;

/** Number of attempts after which an event is left to an operator. */
export const MAX_ATTEMPTS = 10;

/** Number of failures one after the other that show that the provider is unavailable. */
export const MAX_FAILURES_IN_A_ROW = 3;

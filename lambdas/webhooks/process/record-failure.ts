import type { Clock } from '../../platform/clock.ts';
import { log } from '../../platform/logger.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { recordFailed } from '../webhook-events.queries.ts';
import { connectionLossesOf, isSuspect } from './connection-losses.ts';
import type { EventResult } from './event-outcome.ts';
import {
  failedByOutage,
  lostConnection,
  toFailedEntry,
  toProcessingError,
} from './failed-event.ts';
import type { InvalidMessage, ParsedMessage } from './parse-batch.ts';

export interface RecordFailureDeps {
  readonly provider: string;
  readonly pool: GetPool;
  readonly now: Clock;
}

export type RecordFailure = (
  message: ParsedMessage<unknown> | InvalidMessage,
  error: unknown,
  remainingMs: number,
) => Promise<EventResult>;

/** Returns a message without an attempt by itself, after an error that its batch had. */
export const postpone = (
  { record, envelope }: Pick<ParsedMessage<unknown> | InvalidMessage, 'record' | 'envelope'>,
  error: unknown,
): EventResult => ({
  record,
  envelope,
  kind: 'postponed',
  failure: toProcessingError(error),
  connectionLosses: connectionLossesOf(record) + (lostConnection(error) ? 1 : 0),
});

// Covers the time limits of a connection and of a statement.
const RECORD_MS = 8_000;

/**
 * Records a failure in the ledger. A permanent failure is acknowledged once it is recorded as
 * exhausted. A failure that cannot be recorded is retried: the event exists only in the queue.
 * Writes nothing while Postgres is unavailable, or without enough time. A message that may crash
 * its session loses a receive, so that it cannot return without limit.
 */
export function makeRecordFailure({ provider, pool, now }: RecordFailureDeps): RecordFailure {
  return async function recordFailure({ record, envelope }, error, remainingMs) {
    const failure = toProcessingError(error);
    const retried: EventResult = { record, envelope, kind: 'retried', failure };
    const mayCrash = lostConnection(error) && isSuspect(record);
    if (failedByOutage(error) && !mayCrash) return postpone({ record, envelope }, error);
    if (envelope === undefined || remainingMs < RECORD_MS) return retried;
    const entry = toFailedEntry(envelope, failure);
    try {
      // Outside the transaction of the event, which was rolled back.
      await recordFailed(await pool(), entry, now());
    } catch (recordError) {
      const { eventId } = envelope;
      log.error('Failed to record failure', { provider, eventId, error: recordError });
      return failedByOutage(recordError) && !mayCrash
        ? { ...retried, kind: 'postponed', connectionLosses: connectionLossesOf(record) }
        : retried;
    }
    return entry.status === 'exhausted'
      ? { record, envelope, kind: 'exhausted', failure }
      : retried;
  };
}

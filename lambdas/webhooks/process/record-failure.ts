import type { Clock } from '../../platform/clock.ts';
import { log } from '../../platform/logger.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { recordFailed } from '../webhook-events.queries.ts';
import type { EventResult } from './event-outcome.ts';
import { failedByOutage, toFailedEntry, toProcessingError } from './failed-event.ts';
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

// Covers the time limits of a connection and of a statement.
const RECORD_MS = 8_000;

/**
 * Records a failure in the ledger. A permanent failure is acknowledged once it is recorded as
 * exhausted. A failure that cannot be recorded is retried: the event exists only in the queue.
 * Writes nothing while Postgres is unavailable, or without enough time.
 */
export function makeRecordFailure({ provider, pool, now }: RecordFailureDeps): RecordFailure {
  return async function recordFailure({ record, envelope }, error, remainingMs) {
    const failure = toProcessingError(error);
    const retried: EventResult = { record, envelope, kind: 'retried', failure };
    if (failedByOutage(error)) return { record, envelope, kind: 'postponed', failure };
    if (envelope === undefined || remainingMs < RECORD_MS) return retried;
    const entry = toFailedEntry(envelope, failure);
    try {
      // Outside the transaction of the event, which was rolled back.
      await recordFailed(await pool(), entry, now());
    } catch (recordError) {
      const { eventId } = envelope;
      log.error('Failed to record failure', { provider, eventId, error: recordError });
      return failedByOutage(recordError) ? { ...retried, kind: 'postponed' } : retried;
    }
    return entry.status === 'exhausted'
      ? { record, envelope, kind: 'exhausted', failure }
      : retried;
  };
}

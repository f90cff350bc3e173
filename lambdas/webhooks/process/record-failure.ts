import type { Clock } from '../../platform/clock.ts';
import { log } from '../../platform/logger.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { recordFailed } from '../webhook-events.queries.ts';
import type { EventResult } from './event-outcome.ts';
import { isDatabaseUnavailable, toFailedEntry, toProcessingError } from './failed-event.ts';
import type { InvalidMessage, ParsedMessage } from './parse-batch.ts';

export interface RecordFailureDeps {
  readonly provider: string;
  readonly pool: GetPool;
  readonly now: Clock;
}

export type RecordFailure = (
  message: ParsedMessage<unknown> | InvalidMessage,
  error: unknown,
) => Promise<EventResult>;

/**
 * Records a failure in the ledger. A permanent failure is acknowledged once it is recorded as
 * exhausted. A failure that cannot be recorded is retried: the event exists only in the queue.
 */
export function makeRecordFailure({ provider, pool, now }: RecordFailureDeps): RecordFailure {
  return async function recordFailure({ record, envelope }, error) {
    const failure = toProcessingError(error);
    const retried: EventResult = { record, envelope, kind: 'retried', failure };
    if (envelope === undefined || isDatabaseUnavailable(error)) return retried;
    const entry = toFailedEntry(envelope, failure);
    try {
      // Outside the transaction of the event, which was rolled back.
      await recordFailed(await pool(), entry, now());
    } catch (recordError) {
      const { eventId } = envelope;
      log.error('Failed to record failure', { provider, eventId, error: recordError });
      return retried;
    }
    return entry.status === 'exhausted'
      ? { record, envelope, kind: 'exhausted', failure }
      : retried;
  };
}

import type { Context } from 'aws-lambda';
import type { EventResult } from './event-outcome.ts';
import type { InvalidMessage } from './parse-batch.ts';
import type { RecordFailure } from './record-failure.ts';

/**
 * Records the messages of a batch that cannot be read, one after the other: an outage costs one
 * attempt.
 * @param applied Results of the other messages. If one was postponed, nothing is tried.
 */
export async function recordInvalid(
  messages: readonly InvalidMessage[],
  applied: readonly EventResult[],
  recordFailure: RecordFailure,
  context: Context,
): Promise<readonly EventResult[]> {
  const results: EventResult[] = [];
  for (const message of messages) {
    const outage = [...applied, ...results].find(({ kind }) => kind === 'postponed');
    const { record, envelope } = message;
    results.push(
      outage
        ? { ...outage, record, envelope }
        : await recordFailure(message, message.failure, context.getRemainingTimeInMillis()),
    );
  }
  return results;
}

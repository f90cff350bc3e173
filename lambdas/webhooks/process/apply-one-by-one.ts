import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSRecord } from 'aws-lambda';
import type { PublishOutbox } from '../../outbox/publish-outbox.ts';
import { causeId } from '../cause-id.ts';
import { RepairableError } from '../failures.ts';
import { connectionLossesOf } from './connection-losses.ts';
import type { EventResult } from './event-outcome.ts';
import type { ExactlyOnce } from './exactly-once.ts';
import type { ParsedMessage } from './parse-batch.ts';
import type { RecordFailure } from './record-failure.ts';

export interface ApplyOneByOneDeps<Event> {
  readonly exactlyOnce: Pick<ExactlyOnce<Event>, 'applyOne'>;
  readonly publishOutbox: PublishOutbox;
  readonly recordFailure: RecordFailure;
}

export type ApplyOneByOne<Event> = (
  messages: readonly ParsedMessage<Event>[],
  context: Context,
) => Promise<readonly EventResult[]>;

// Exceeds the lock timeout of one event's statements and leaves time to record a failure.
const ONE_EVENT_MS = 8_000;

/**
 * Applies each event in its own transaction, so that a failure affects only the event that caused
 * it.
 */
export function makeApplyOneByOne<Event>(deps: ApplyOneByOneDeps<Event>): ApplyOneByOne<Event> {
  return async function applyOneByOne(messages, context) {
    const byMessageId = new Map(messages.map((message) => [message.record.messageId, message]));
    const results: EventResult[] = [];
    const handle = async ({ messageId }: SQSRecord) => {
      const message = byMessageId.get(messageId) as ParsedMessage<Event>;
      const outage = results.find(({ kind }) => kind === 'postponed');
      const result = outage
        ? { ...outage, ...messageOf(message) }
        : await applyMessage(deps, message, context);
      results.push(result);
      // Powertools recognizes a failed record by the thrown error.
      if ('failure' in result && result.kind !== 'exhausted') throw result.failure;
    };
    await processPartialResponse(
      { Records: [...byMessageId.values()].map(({ record }) => record) },
      handle,
      // A new processor for each batch, since the processor holds the state of one.
      new BatchProcessor(EventType.SQS),
      {
        context,
        // The pool has one connection.
        processInParallel: false,
        throwOnFullBatchFailure: false,
      },
    );
    return results;
  };
}

/** Postpones a message without an attempt, because Postgres became unavailable in this batch. */
const messageOf = ({ record, envelope }: ParsedMessage<unknown>) => ({
  record,
  envelope,
  connectionLosses: connectionLossesOf(record),
});

async function applyMessage<Event>(
  { exactlyOnce, publishOutbox, recordFailure }: ApplyOneByOneDeps<Event>,
  message: ParsedMessage<Event>,
  context: Context,
): Promise<EventResult> {
  try {
    if (context.getRemainingTimeInMillis() < ONE_EVENT_MS)
      throw new RepairableError('out-of-time', 'Earlier events of the batch used up the time.');
    const { outcomes, outbox } = await exactlyOnce.applyOne(message.incoming);
    await publishOutbox(outbox);
    const outcome = outcomes.get(causeId(message.incoming)) ?? 'duplicate';
    return { record: message.record, envelope: message.envelope, kind: 'completed', outcome };
  } catch (error) {
    return recordFailure(message, error, context.getRemainingTimeInMillis());
  }
}

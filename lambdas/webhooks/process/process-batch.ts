import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { makePublishOutbox } from '../../outbox/publish-outbox.ts';
import type { PublishEvents } from '../../outbox/put-events.ts';
import type { Queue } from '../../platform/aws/sqs.ts';
import type { Clock } from '../../platform/clock.ts';
import { log } from '../../platform/logger.ts';
import { TransientError } from '../failures.ts';
import type { PayloadAllowlist } from '../payload-allowlist.ts';
import { backoffSeconds } from './backoff.ts';
import type { Applied, Outcome } from './exactly-once.ts';
import { isUnavailable, toFailedEntry, toFailure } from './failed-event.ts';
import { type Parse, type Readable, readBatch, type Unreadable } from './parse-batch.ts';
import type { ProcessorStore } from './processor-store.ts';
import { type Result, reportResults } from './report-batch.ts';

export interface ProcessBatchDeps<Event> {
  readonly provider: string;
  readonly parse: Parse<Event>;
  readonly payloadAllowlist: PayloadAllowlist;
  readonly store: ProcessorStore<Event>;
  readonly publish: PublishEvents;
  readonly queue: Pick<Queue, 'changeVisibility'>;
  readonly now: Clock;
}

interface Settled {
  readonly results: readonly Result[];
  /** Resolves when the bus has what follows from them, or has not taken it. */
  readonly published: Promise<void>;
}

const allSettled = (results: readonly Result[]): Settled => ({
  results,
  published: Promise.resolve(),
});

const nextTurn = () => new Promise(setImmediate);

// Longer than the statements of one event may wait for a lock, and still time to write down what happened.
const ONE_EVENT_MS = 8_000;

/**
 * Applies a batch in one transaction. When that fails, each event goes by itself, so that only those that are to blame
 * stay: one that may pass later returns to the queue, one that never will is recorded as exhausted and acknowledged.
 */
export function makeProcessBatch<Event>(deps: ProcessBatchDeps<Event>) {
  const { provider, parse, payloadAllowlist, store, queue, now } = deps;
  const publish = makePublishOutbox({ publish: deps.publish, mark: store.markPublished });

  return async function processBatch(
    { Records }: SQSEvent,
    context: Context,
  ): Promise<SQSBatchResponse> {
    const startedAt = now();
    const { readable, unreadable } = readBatch(Records, provider, parse);
    const { results: applied, published } = await applyAll(readable, context);
    const results = [
      ...applied,
      ...(await Promise.all(unreadable.map((item) => conclude(item, item.failure)))),
    ];
    // Half a millisecond, in which EventBridge or Postgres has something to do: what they are told is on its way by then.
    await nextTurn();
    await nextTurn();
    reportResults({ provider, payloadAllowlist, startedAt, now: now() }, results);
    const again = results.filter(({ kind }) => kind === 'again');
    await Promise.all([published, ...again.map(({ record }) => postpone(record))]);
    return { batchItemFailures: again.map(({ record }) => ({ itemIdentifier: record.messageId })) };
  };

  async function applyAll(
    readable: readonly Readable<Event>[],
    context: Context,
  ): Promise<Settled> {
    if (readable.length === 0) return allSettled([]);
    const unique = new Map(readable.map(({ arrival }) => [arrival.eventId, arrival]));
    try {
      const { outcomes, outbox } = await store.applyTogether([...unique.values()]);
      return { results: settled(readable, outcomes), published: publish(outbox) };
    } catch (error) {
      if (isUnavailable(error))
        return allSettled(await Promise.all(readable.map((item) => conclude(item, error))));
      log.warn('Batch is taken apart', { provider, events: unique.size, error });
      return allSettled(await applyEach(readable, context));
    }
  }

  async function applyEach(
    readable: readonly Readable<Event>[],
    context: Context,
  ): Promise<readonly Result[]> {
    const items = new Map(readable.map((item) => [item.record.messageId, item]));
    const results: Result[] = [];
    const settle = async (record: SQSRecord) => {
      const item = items.get(record.messageId) as Readable<Event>;
      const result = await applyOne(item, context);
      results.push(result);
      // Powertools learns of a failure by its being thrown.
      if (result.kind === 'again') throw result.failure;
    };
    // A processor holds the state of one batch. One after the other: there is one connection.
    await processPartialResponse(
      { Records: [...items.values()].map(({ record }) => record) },
      settle,
      new BatchProcessor(EventType.SQS),
      {
        context,
        processInParallel: false,
        throwOnFullBatchFailure: false,
      },
    );
    return results;
  }

  async function applyOne(item: Readable<Event>, context: Context): Promise<Result> {
    try {
      if (context.getRemainingTimeInMillis() < ONE_EVENT_MS)
        throw new TransientError(
          'out-of-time',
          'The events before it took all the time there was.',
        );
      const { outcomes, outbox }: Applied = await store.applyAlone(item.arrival);
      await publish(outbox);
      return { ...item, kind: 'done', outcome: outcomes.get(item.arrival.eventId) ?? 'duplicate' };
    } catch (error) {
      return conclude(item, error);
    }
  }

  /** Without it the message comes back when the queue's own visibility timeout is over. */
  async function postpone({ receiptHandle, attributes, messageId }: SQSRecord): Promise<void> {
    const seconds = backoffSeconds(Number(attributes.ApproximateReceiveCount), Math.random());
    try {
      await queue.changeVisibility(receiptHandle, seconds);
    } catch (error) {
      log.warn('Backoff is not set', { provider, messageId, seconds, error });
    }
  }

  /** What cannot be written down because Postgres is away, is still in the queue. */
  async function conclude(
    { record, envelope }: Readable<Event> | Unreadable,
    error: unknown,
  ): Promise<Result> {
    const failure = toFailure(error);
    const again: Result = { record, envelope, kind: 'again', failure };
    if (envelope === undefined || isUnavailable(error)) return again;
    try {
      const entry = toFailedEntry(envelope, failure);
      await store.recordFailed(entry);
      return entry.status === 'exhausted'
        ? { record, envelope, kind: 'exhausted', failure }
        : again;
    } catch (notRecorded) {
      log.error('Failure is not in the ledger', {
        provider,
        eventId: envelope.eventId,
        error: notRecorded,
      });
      return again;
    }
  }
}

/** What came twice in one batch was applied once. */
function settled(
  readable: readonly Readable<unknown>[],
  outcomes: ReadonlyMap<string, Outcome>,
): readonly Result[] {
  const seen = new Set<string>();
  return readable.map((item) => {
    const { eventId } = item.envelope;
    const repeated = seen.has(eventId);
    seen.add(eventId);
    return {
      ...item,
      kind: 'done',
      outcome: repeated ? 'duplicate' : (outcomes.get(eventId) ?? 'duplicate'),
    };
  });
}

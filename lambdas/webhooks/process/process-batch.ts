import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { markPublished } from '../../outbox/outbox.queries.ts';
import { makePublishOutbox } from '../../outbox/publish-outbox.ts';
import type { PublishEvents } from '../../outbox/put-events.ts';
import type { Queue } from '../../platform/aws/sqs.ts';
import { log } from '../../platform/logger.ts';
import { causeId } from '../cause-id.ts';
import type { PayloadAllowlist } from '../payload-allowlist.ts';
import { makeApplyOneByOne } from './apply-one-by-one.ts';
import { backoffSeconds } from './backoff.ts';
import type { EventOutcome, EventResult } from './event-outcome.ts';
import { type ExactlyOnceDeps, makeExactlyOnce } from './exactly-once.ts';
import { isDatabaseUnavailable } from './failed-event.ts';
import { type ParsedMessage, type ParseEvent, parseBatch } from './parse-batch.ts';
import { makeRecordFailure } from './record-failure.ts';
import { reportResults } from './report-batch.ts';

export interface ProcessBatchDeps<Event, Rows> extends ExactlyOnceDeps<Event, Rows> {
  readonly parse: ParseEvent<Event>;
  readonly payloadAllowlist: PayloadAllowlist;
  readonly publish: PublishEvents;
  readonly queue: Pick<Queue, 'changeVisibility'>;
}

interface BatchResult {
  readonly results: readonly EventResult[];
  /** Resolves after the attempt to publish the outbox entries; never rejects. */
  readonly published: Promise<void>;
}

/**
 * Applies a batch in one transaction and, after a failure, each event by itself. A transient
 * failure returns its message to the queue. A permanent failure is recorded as exhausted and
 * acknowledged.
 */
export function makeProcessBatch<Event, Rows>(deps: ProcessBatchDeps<Event, Rows>) {
  const { provider, payloadAllowlist, pool, publish, queue, now } = deps;
  const exactlyOnce = makeExactlyOnce(deps);
  const publishOutbox = makePublishOutbox({
    publish,
    mark: async (result) => markPublished(await pool(), result, now()),
  });
  const recordFailure = makeRecordFailure(deps);
  const applyOneByOne = makeApplyOneByOne({ exactlyOnce, publishOutbox, recordFailure });

  return async function processBatch(
    { Records }: SQSEvent,
    context: Context,
  ): Promise<SQSBatchResponse> {
    const startedAt = now();
    const { parsed, invalid } = parseBatch(Records, deps);
    const { results: applied, published } = await applyAll(parsed, context);
    const rejected = await Promise.all(invalid.map((one) => recordFailure(one, one.failure)));
    const results = [...applied, ...rejected];
    reportResults({ provider, payloadAllowlist, startedAt, now: now() }, results);
    const retried = results.filter(({ kind }) => kind === 'retried').map(({ record }) => record);
    await Promise.all([published, ...retried.map((record) => delayRetry(queue, provider, record))]);
    return { batchItemFailures: retried.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };

  async function applyAll(
    messages: readonly ParsedMessage<Event>[],
    context: Context,
  ): Promise<BatchResult> {
    if (messages.length === 0) return { results: [], published: Promise.resolve() };
    const { together, later } = splitByEvent(messages);
    const unique = new Map(together.map(({ incoming }) => [causeId(incoming), incoming]));
    try {
      const { outcomes, outbox } = await exactlyOnce.applyBatch([...unique.values()]);
      const published = publishOutbox(outbox);
      const results = [...toResults(together, outcomes), ...(await applyOneByOne(later, context))];
      return { results, published };
    } catch (error) {
      const results = isDatabaseUnavailable(error)
        ? await Promise.all(messages.map((message) => recordFailure(message, error)))
        : await applyAfterFailure(error, messages, context);
      return { results, published: Promise.resolve() };
    }
  }

  function applyAfterFailure(
    error: unknown,
    messages: readonly ParsedMessage<Event>[],
    context: Context,
  ): Promise<readonly EventResult[]> {
    log.warn('Batch failed; retrying records one by one', {
      provider,
      messages: messages.length,
      error,
    });
    return applyOneByOne(messages, context);
  }
}

/**
 * Sets the delay before the retry. If the call fails, the visibility timeout of the queue applies.
 */
async function delayRetry(
  queue: ProcessBatchDeps<unknown, unknown>['queue'],
  provider: string,
  { receiptHandle, attributes, messageId }: SQSRecord,
): Promise<void> {
  const seconds = backoffSeconds(Number(attributes.ApproximateReceiveCount), Math.random());
  try {
    await queue.changeVisibility(receiptHandle, seconds);
  } catch (error) {
    log.warn('Failed to set visibility timeout', { provider, messageId, seconds, error });
  }
}

interface SplitMessages<Event> {
  readonly together: readonly ParsedMessage<Event>[];
  readonly later: readonly ParsedMessage<Event>[];
}

/**
 * Separates further replays of an event from its first message: each runs in a transaction of its
 * own, after the one before it has committed.
 */
function splitByEvent<Event>(messages: readonly ParsedMessage<Event>[]): SplitMessages<Event> {
  const first = new Map<string, string>();
  for (const { incoming } of messages)
    if (!first.has(incoming.eventId)) first.set(incoming.eventId, causeId(incoming));
  const isFirst = ({ incoming }: ParsedMessage<Event>) =>
    first.get(incoming.eventId) === causeId(incoming);
  return { together: messages.filter(isFirst), later: messages.filter((one) => !isFirst(one)) };
}

/** Marks repeated messages of an event or replay as duplicates; each was applied once. */
function toResults(
  messages: readonly ParsedMessage<unknown>[],
  outcomes: ReadonlyMap<string, EventOutcome>,
): readonly EventResult[] {
  const seen = new Set<string>();
  return messages.map(({ record, envelope }) => {
    const id = causeId(envelope);
    const outcome = seen.has(id) ? 'duplicate' : (outcomes.get(id) ?? 'duplicate');
    seen.add(id);
    return { record, envelope, kind: 'completed', outcome };
  });
}

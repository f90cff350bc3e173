import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { markPublished } from '../../outbox/outbox.queries.ts';
import { makePublishOutbox } from '../../outbox/publish-outbox.ts';
import type { PublishEvents } from '../../outbox/put-events.ts';
import type { ConsumedQueue } from '../../platform/aws/sqs.ts';
import { log } from '../../platform/logger.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { DatabaseUnavailableError } from '../../platform/postgres/unavailable.ts';
import { causeId } from '../cause-id.ts';
import type { PayloadAllowlist } from '../payload-allowlist.ts';
import { makeApplyOneByOne } from './apply-one-by-one.ts';
import { isSuspect } from './connection-losses.ts';
import type { IncomingEvent } from './event-handler.ts';
import type { EventOutcome, EventResult } from './event-outcome.ts';
import { type ExactlyOnceDeps, makeExactlyOnce } from './exactly-once.ts';
import { failedByOutage } from './failed-event.ts';
import { type ParsedMessage, type ParseEvent, parseBatch } from './parse-batch.ts';
import { makeRecordFailure, postpone } from './record-failure.ts';
import { recordInvalid } from './record-invalid.ts';
import { reportResults } from './report-batch.ts';
import { makeReturnMessages, type Wait } from './return-messages.ts';

export interface ProcessBatchDeps<Event, Rows> extends ExactlyOnceDeps<Event, Rows> {
  readonly parse: ParseEvent<Event>;
  readonly payloadAllowlist: PayloadAllowlist;
  /** Fields that `parse` reads; see `ParseBatchDeps`. */
  readonly replayFields?: PayloadAllowlist | undefined;
  readonly publish: PublishEvents;
  /** The queue of the batch. */
  readonly queue: ConsumedQueue;
  readonly wait?: Wait;
}

interface BatchResult {
  readonly results: readonly EventResult[];
  /** Resolves after the attempt to publish the outbox entries; never rejects. */
  readonly published: Promise<void>;
}

/**
 * Applies a batch in one transaction and, after a failure, each event by itself. A transient
 * failure returns its message to the queue. A permanent failure is recorded as exhausted and
 * acknowledged. While Postgres is unavailable, the batch is postponed after one attempt.
 */
export function makeProcessBatch<Event, Rows>(options: ProcessBatchDeps<Event, Rows>) {
  const deps = { ...options, pool: availablePool(options.pool) };
  const { provider, payloadAllowlist, pool, publish, now } = deps;
  const returnMessages = makeReturnMessages(deps);
  const exactlyOnce = makeExactlyOnce(deps);
  const publishOutbox = makePublishOutbox({
    publish,
    mark: async (result) => markPublished(await pool(), result, now()),
    now,
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
    const rejected = await recordInvalid(invalid, applied, recordFailure, context);
    const results = [...applied, ...rejected];
    reportResults({ provider, payloadAllowlist, startedAt, now: now() }, results);
    const [batchItemFailures] = await Promise.all([
      returnMessages(results, startedAt, context),
      published,
    ]);
    return { batchItemFailures };
  };

  async function applyAll(
    messages: readonly ParsedMessage<Event>[],
    context: Context,
  ): Promise<BatchResult> {
    if (messages.length === 0) return { results: [], published: Promise.resolve() };
    const { together, later } = splitByEvent(messages);
    try {
      const { outcomes, outbox } = await exactlyOnce.applyBatch(withoutRepeated(together));
      const published = publishOutbox(outbox);
      const results = [...toResults(together, outcomes), ...(await applyOneByOne(later, context))];
      return { results, published };
    } catch (error) {
      const results = failedByOutage(error)
        ? messages.map((message) => postpone(message, error))
        : await applyAfterFailure(error, messages, context);
      return { results, published: Promise.resolve() };
    }
  }

  function applyAfterFailure(
    error: unknown,
    messages: readonly ParsedMessage<Event>[],
    context: Context,
  ): Promise<readonly EventResult[]> {
    const fields = { provider, messages: messages.length, error };
    log.warn('Batch failed; retrying records one by one', fields);
    return applyOneByOne(messages, context);
  }
}

/** Reports a secret that cannot be read as an outage: without it Postgres cannot be reached. */
const availablePool =
  (pool: GetPool): GetPool =>
  () =>
    pool().catch((error: unknown) => {
      throw new DatabaseUnavailableError(error);
    });

interface SplitMessages<Event> {
  readonly together: readonly ParsedMessage<Event>[];
  readonly later: readonly ParsedMessage<Event>[];
}

/**
 * Separates further replays of an event from its first message, and messages that may crash their
 * session: each runs in a transaction of its own, after the one before it has committed.
 */
function splitByEvent<Event>(messages: readonly ParsedMessage<Event>[]): SplitMessages<Event> {
  const first = new Map<string, string>();
  for (const { incoming } of messages)
    if (!first.has(incoming.eventId)) first.set(incoming.eventId, causeId(incoming));
  const runsTogether = ({ record, incoming }: ParsedMessage<Event>) =>
    !isSuspect(record) && first.get(incoming.eventId) === causeId(incoming);
  return {
    together: messages.filter(runsTogether),
    later: messages.filter((one) => !runsTogether(one)),
  };
}

/** Returns the first message of each event or replay, which decides what the ledger says of it. */
function withoutRepeated<Event>(
  messages: readonly ParsedMessage<Event>[],
): readonly IncomingEvent<Event>[] {
  const first = new Map<string, IncomingEvent<Event>>();
  for (const { incoming } of messages) {
    const id = causeId(incoming);
    if (!first.has(id)) first.set(id, incoming);
  }
  return [...first.values()];
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

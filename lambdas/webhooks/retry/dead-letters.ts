import { MAX_REDRIVES } from '../../catalog/retry-limits.ts';
import type { Enqueue } from '../../platform/aws/queue-message.ts';
import type { Queue, ReceivedMessage } from '../../platform/aws/sqs.ts';
import type { Clock } from '../../platform/clock.ts';
import { log } from '../../platform/logger.ts';
import type { GetPool } from '../../platform/postgres/database.ts';
import { storableText } from '../../platform/storable-text.ts';
import { type Envelope, fromQueueRecord, toQueueMessage } from '../envelope.ts';
import {
  countRedrives,
  type EventStatus,
  type ExhaustedEvent,
  exhaust,
  findEventStatuses,
} from '../failed-events.queries.ts';

export interface DeadLetterDeps {
  readonly provider: string;
  readonly deadLetters: Queue;
  readonly enqueue: Enqueue;
  readonly pool: GetPool;
  /**
   * Start of the run. Messages sent later failed again during the run and wait for the next one.
   */
  readonly startedAt: Date;
  readonly now: Clock;
}

export interface DeadLetterCounts {
  readonly redriven: number;
  readonly exhausted: number;
  readonly discarded: number;
}

// Far longer than ten messages need, and shorter than the interval between two runs.
const VISIBILITY_TIMEOUT_SECONDS = 120;

/**
 * Redrives up to ten dead letters. Each is sent to its queue before it is deleted: a crash between
 * the two sends an event twice, and its idempotency key makes the second a duplicate.
 * @returns undefined if no dead letter is older than the run.
 * @throws if the ledger is unavailable; the dead letters then stay in their queue.
 */
export async function redriveDeadLetters(
  deps: DeadLetterDeps,
): Promise<DeadLetterCounts | undefined> {
  const messages = await receiveOlderThanRun(deps);
  if (messages.length === 0) return undefined;
  const letters = withoutRepeats(messages.map((message) => readDeadLetter(deps.provider, message)));
  const db = await deps.pool();
  const statuses = await findEventStatuses(
    db,
    letters.map(({ event }) => event),
  );
  const byAction = Map.groupBy(letters, (letter) => actionFor(letter, statuses));
  const discarded = byAction.get('discard') ?? [];
  const exhausted = byAction.get('exhaust') ?? [];

  const redriven = await sendBack(deps, byAction.get('redrive') ?? []);
  const eventsOf = (some: readonly DeadLetter[]) => some.map(({ event }) => event);
  await countRedrives(db, eventsOf(redriven), deps.now());
  await exhaust(db, eventsOf(exhausted), deps.now());
  const handles = [...redriven, ...exhausted, ...discarded].flatMap((one) => one.receiptHandles);
  await Promise.all(handles.map((handle) => deps.deadLetters.delete(handle)));
  return {
    redriven: redriven.length,
    exhausted: exhausted.length,
    discarded: discarded.length,
  };
}

/** Returns messages sent later to the queue at once, for the next run. */
async function receiveOlderThanRun({
  deadLetters,
  startedAt,
}: DeadLetterDeps): Promise<readonly ReceivedMessage[]> {
  const received = await deadLetters.receive(VISIBILITY_TIMEOUT_SECONDS);
  const newer = received.filter(({ sentAt }) => sentAt >= startedAt);
  await Promise.all(
    newer.map(({ receiptHandle }) => deadLetters.changeVisibility(receiptHandle, 0)),
  );
  return received.filter(({ sentAt }) => sentAt < startedAt);
}

interface DeadLetter {
  readonly event: ExhaustedEvent;
  /** Undefined if the message is no envelope. */
  readonly envelope: Envelope | undefined;
  readonly receiptHandles: readonly string[];
}

/** Reads a dead letter. A message that is no envelope is identified by its message id. */
function readDeadLetter(provider: string, message: ReceivedMessage): DeadLetter {
  const receiptHandles = [message.receiptHandle];
  try {
    const envelope = fromQueueRecord(message);
    const event = {
      source: envelope.provider,
      eventId: envelope.eventId,
      type: envelope.eventType,
      body: envelope.body,
      receivedAt: new Date(envelope.receivedAt),
      errorCode: 'not-recorded',
      errorMessage: 'No attempt could be recorded.',
    };
    return { event, envelope, receiptHandles };
  } catch (error) {
    const event = {
      source: provider,
      eventId: `message ${message.messageId}`,
      type: 'unreadable',
      body: storableText(message.body),
      receivedAt: message.sentAt,
      errorCode: 'not-an-envelope',
      errorMessage: error instanceof Error ? error.message : String(error),
    };
    return { event, envelope: undefined, receiptHandles };
  }
}

/**
 * Keeps one dead letter of each event, preferably a replay, because only a replay has a new
 * idempotency key.
 */
function withoutRepeats(letters: readonly DeadLetter[]): readonly DeadLetter[] {
  const byEvent = new Map<string, DeadLetter>();
  for (const letter of letters) {
    const key = JSON.stringify([letter.event.source, letter.event.eventId]);
    const known = byEvent.get(key);
    const kept = known?.envelope?.replay === undefined ? letter : known;
    byEvent.set(key, {
      ...kept,
      receiptHandles: [...(known?.receiptHandles ?? []), ...letter.receiptHandles],
    });
  }
  return [...byEvent.values()];
}

type Action = 'redrive' | 'exhaust' | 'discard';

/**
 * Discards the letter of an event that is applied, or that the ledger holds as exhausted with its
 * whole body.
 */
function actionFor({ event, envelope }: DeadLetter, statuses: readonly EventStatus[]): Action {
  if (envelope === undefined) return 'exhaust';
  const known = statuses.find(
    ({ source, eventId }) => source === event.source && eventId === event.eventId,
  );
  if (known !== undefined && known.status !== 'failed') return 'discard';
  return (known?.redrives ?? 0) < MAX_REDRIVES ? 'redrive' : 'exhaust';
}

/**
 * Returns the letters that the queue accepted. The others remain dead letters until the next run.
 */
async function sendBack(
  { provider, enqueue }: DeadLetterDeps,
  letters: readonly DeadLetter[],
): Promise<readonly DeadLetter[]> {
  const sent = await Promise.all(
    letters.map(async (letter) => {
      try {
        await enqueue(toQueueMessage(letter.envelope as Envelope));
        return [letter];
      } catch (error) {
        log.error('Failed to redrive dead letter', {
          provider,
          eventId: letter.event.eventId,
          error,
        });
        return [];
      }
    }),
  );
  return sent.flat();
}

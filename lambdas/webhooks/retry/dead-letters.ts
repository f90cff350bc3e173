import { MAX_REDRIVES } from '../../catalog/retry-limits.ts';
import type { Enqueue } from '../../platform/aws/queue-message.ts';
import type { Queue, ReceivedMessage } from '../../platform/aws/sqs.ts';
import { log } from '../../platform/logger.ts';
import { type Envelope, fromQueueRecord, toQueueMessage } from '../envelope.ts';
import type { DeadEvent, EventKey, ExhaustedEvent, Standing } from '../failed-events.queries.ts';

/** What the ledger is asked and told about dead letters. */
export interface RedriveLedger {
  findStanding(keys: readonly EventKey[]): Promise<readonly Standing[]>;
  countRedrives(events: readonly DeadEvent[]): Promise<void>;
  exhaust(events: readonly ExhaustedEvent[]): Promise<void>;
}

export interface DeadLetterDeps {
  readonly provider: string;
  readonly deadLetters: Queue;
  readonly enqueue: Enqueue;
  readonly ledger: RedriveLedger;
  /** What was sent since is left alone: it has failed again already, and its next chance is the next run's. */
  readonly startedAt: Date;
}

export type Decision = 'redrive' | 'exhaust' | 'drop';

/** What has its effects, or its whole body in the ledger as exhausted, needs no message any more. */
export function decide(standing: Standing | undefined): Decision {
  if (standing !== undefined && standing.status !== 'failed') return 'drop';
  return (standing?.redrives ?? 0) < MAX_REDRIVES ? 'redrive' : 'exhaust';
}

export interface DrainCounts {
  readonly redriven: number;
  readonly exhausted: number;
  readonly dropped: number;
}

// Far longer than ten messages take, and gone before the next run.
const HOLD_SECONDS = 120;

/**
 * Takes at most ten dead letters, oldest first. Each is sent back before it is deleted: a crash in between may send one
 * twice, which its idempotency key absorbs, and never loses one.
 * @returns undefined when there are none for this run. @throws when the ledger cannot be asked: then they stay where they are.
 */
export async function drainSome(deps: DeadLetterDeps): Promise<DrainCounts | undefined> {
  const { deadLetters, ledger, startedAt } = deps;
  const received = await deadLetters.receive(HOLD_SECONDS);
  const messages = received.filter(({ sentAt }) => sentAt < startedAt);
  const tooNew = received.filter(({ sentAt }) => sentAt >= startedAt);
  await Promise.all(
    tooNew.map(({ receiptHandle }) => deadLetters.changeVisibility(receiptHandle, 0)),
  );
  if (messages.length === 0) return undefined;
  const letters = withoutRepeats(messages.map((message) => readLetter(deps.provider, message)));
  const standings = await ledger.findStanding(letters.map(({ event }) => event));
  const decided = letters.map((letter) => ({
    letter,
    decision: letter.decision ?? decide(find(standings, letter)),
  }));
  const those = (decision: Decision) =>
    decided.filter((one) => one.decision === decision).map(({ letter }) => letter);

  const sent = await sendBack(deps, those('redrive'));
  await ledger.countRedrives(sent.map(({ event }) => event));
  const exhausted = those('exhaust');
  await ledger.exhaust(exhausted.map(({ event }) => event));
  const done = [...sent, ...exhausted, ...those('drop')];
  await Promise.all(
    done.flatMap(({ receiptHandles }) => receiptHandles.map((one) => deadLetters.delete(one))),
  );
  return { redriven: sent.length, exhausted: exhausted.length, dropped: those('drop').length };
}

interface Letter {
  readonly event: ExhaustedEvent;
  readonly envelope: Envelope | undefined;
  /** Where the ledger need not be asked. */
  readonly decision: Decision | undefined;
  readonly receiptHandles: readonly string[];
}

/** What is no envelope can be sent back as often as one likes: it is kept under its message's id, and told of. */
function readLetter(provider: string, message: ReceivedMessage): Letter {
  const { messageId, body, sentAt: receivedAt } = message;
  const receiptHandles = [message.receiptHandle];
  const unrecorded = {
    errorCode: 'not-recorded',
    errorMessage: 'No attempt could be written down.',
  };
  try {
    const envelope = fromQueueRecord(message);
    const { provider: source, eventId, eventType: type } = envelope;
    const event = {
      source,
      eventId,
      type,
      body: envelope.body,
      receivedAt: new Date(envelope.receivedAt),
      ...unrecorded,
    };
    return { event, envelope, decision: undefined, receiptHandles };
  } catch (error) {
    const errorMessage = error instanceof Error ? error.message : String(error);
    const event = {
      source: provider,
      eventId: `message ${messageId}`,
      type: 'unreadable',
      body: body.replaceAll('\0', ''),
      receivedAt,
    };
    return {
      event: { ...event, errorCode: 'not-an-envelope', errorMessage },
      envelope: undefined,
      decision: 'exhaust',
      receiptHandles,
    };
  }
}

/** The same event may be dead twice; one of the two is enough to send back, and a replay is the one that is claimed. */
function withoutRepeats(letters: readonly Letter[]): readonly Letter[] {
  const byEvent = new Map<string, Letter>();
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

const find = (standings: readonly Standing[], { event }: Letter) =>
  standings.find(({ source, eventId }) => source === event.source && eventId === event.eventId);

/** @returns those that the queue has taken; the others stay dead letters until the next run. */
async function sendBack(
  { provider, enqueue }: DeadLetterDeps,
  letters: readonly Letter[],
): Promise<readonly Letter[]> {
  const sent = await Promise.all(
    letters.map(async (letter) => {
      try {
        await enqueue(toQueueMessage(letter.envelope as Envelope));
        return [letter];
      } catch (error) {
        log.error('Dead letter cannot be sent back', {
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

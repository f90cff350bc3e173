import type { ReceivedMessage } from '../../platform/aws/sqs.ts';
import { log } from '../../platform/logger.ts';
import { storableText } from '../../platform/storable-text.ts';
import { causeId } from '../cause-id.ts';
import { type Envelope, fromQueueRecord } from '../envelope.ts';
import type { ExhaustedEvent } from '../failed-events.queries.ts';

export interface DeadLetter {
  readonly event: ExhaustedEvent & { readonly body: string };
  /** Undefined if the message is no envelope. */
  readonly envelope: Envelope | undefined;
  readonly message: ReceivedMessage;
  readonly receiptHandles: readonly string[];
}

/**
 * Reads a dead letter. A message that is no envelope, or whose body Postgres cannot store, is
 * identified by its message id.
 */
export function readDeadLetter(provider: string, message: ReceivedMessage): DeadLetter {
  const receiptHandles = [message.receiptHandle];
  try {
    const envelope = fromQueueRecord(message);
    if (envelope.body.includes('\0')) throw new Error('The body contains a NUL character.');
    const event = {
      source: envelope.provider,
      eventId: envelope.eventId,
      replay: envelope.replay,
      origin: envelope.origin,
      type: envelope.eventType,
      body: envelope.body,
      receivedAt: new Date(envelope.receivedAt),
      errorCode: 'not-recorded',
      errorMessage: 'No attempt could be recorded.',
    };
    return { event, envelope, message, receiptHandles };
  } catch (error) {
    return unreadableLetter(provider, message, receiptHandles, error);
  }
}

/** Converts a letter whose content Postgres rejects. */
export const toUnreadableLetter = (
  provider: string,
  { message, receiptHandles }: DeadLetter,
  error: unknown,
): DeadLetter => unreadableLetter(provider, message, receiptHandles, error);

function unreadableLetter(
  provider: string,
  message: ReceivedMessage,
  receiptHandles: readonly string[],
  error: unknown,
): DeadLetter {
  const { messageId } = message;
  log.error('Dead letter is not an envelope', { provider, messageId, error });
  const event = {
    source: provider,
    eventId: `message ${messageId}`,
    type: 'unreadable',
    body: storableText(message.body),
    receivedAt: message.sentAt,
    errorCode: 'not-an-envelope',
    errorMessage: error instanceof Error ? error.message : String(error),
  };
  return { event, envelope: undefined, message, receiptHandles };
}

/** Keeps one dead letter of each event and of each replay. */
export function withoutRepeats(letters: readonly DeadLetter[]): readonly DeadLetter[] {
  const byCause = new Map<string, DeadLetter>();
  for (const letter of letters) {
    const key = JSON.stringify([letter.event.source, causeId(letter.event)]);
    const known = byCause.get(key);
    byCause.set(key, {
      ...(known ?? letter),
      receiptHandles: [...(known?.receiptHandles ?? []), ...letter.receiptHandles],
    });
  }
  return [...byCause.values()];
}

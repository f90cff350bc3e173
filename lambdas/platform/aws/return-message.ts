import type { SQSRecord } from 'aws-lambda';
import { log } from '../logger.ts';
import type { ConsumedQueue, Queue } from './sqs.ts';

/**
 * Returns a received message to its queue as a delayed copy with the same attributes, because a
 * message that returns as failed loses one of its receives. A crash after the copy leaves two
 * messages, so the work must be idempotent. If the copy cannot be sent, hides the original instead.
 * @param further Attributes that the copy has besides, or instead of, those of the original.
 * @returns true if the copy was sent: the original must be acknowledged.
 */
export async function returnAsCopy(
  record: SQSRecord,
  delaySeconds: number,
  queue: ConsumedQueue,
  further: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const { messageId, body, messageAttributes } = record;
  const original = Object.fromEntries(
    Object.entries(messageAttributes).map(([name, { stringValue = '' }]) => [name, stringValue]),
  );
  const attributes = { ...original, ...further };
  try {
    await queue.sendDelayed({ body, attributes }, delaySeconds);
    return true;
  } catch (error) {
    log.warn('Failed to send a copy; the message loses a receive', { messageId, error });
    await delayRetry(record, delaySeconds, queue);
    return false;
  }
}

/**
 * Sets the delay before the next receive of a message that returns as failed. Never throws: the
 * message then returns after the visibility timeout of its queue.
 */
export async function delayRetry(
  { receiptHandle, messageId }: SQSRecord,
  seconds: number,
  queue: Pick<Queue, 'changeVisibility'>,
): Promise<void> {
  try {
    await queue.changeVisibility(receiptHandle, seconds);
  } catch (error) {
    log.warn('Failed to set visibility timeout', { messageId, seconds, error });
  }
}

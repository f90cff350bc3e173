import type { Queue, ReceivedMessage } from './sqs.ts';

export interface ReceiveLimits {
  readonly visibilitySeconds: number;
  /** Maximum number of messages. @default 10 */
  readonly max?: number;
}

/**
 * Receives messages that were sent before `startedAt`, the start of a run. Newer messages failed
 * again during the run, so they are returned to the queue at once, for the next run.
 */
export async function receiveOlder(
  queue: Pick<Queue, 'receive' | 'changeVisibility'>,
  startedAt: Date,
  { visibilitySeconds, max = 10 }: ReceiveLimits,
): Promise<readonly ReceivedMessage[]> {
  const received = await queue.receive(visibilitySeconds, max);
  const newer = received.filter(({ sentAt }) => sentAt >= startedAt);
  await Promise.all(newer.map(({ receiptHandle }) => queue.changeVisibility(receiptHandle, 0)));
  return received.filter(({ sentAt }) => sentAt < startedAt);
}

import * as z from 'zod';
import type { Enqueue } from './queue-message.ts';
import { makeSendMessage, openQueue, openSqs, type Queue } from './sqs.ts';

/** The delivery queue of one provider and its dead-letter queue. */
export interface ProviderQueues {
  /** Name of the delivery queue in SQS. */
  readonly name: string;
  readonly enqueue: Enqueue;
  readonly deliveries: Queue;
  readonly deadLetters: Queue;
}

const urlsByProvider = z.record(
  z.string(),
  z.object({ deliveries: z.url(), deadLetters: z.url() }),
);

/** @param text JSON object: provider → the URLs of `deliveries` and `deadLetters`. */
export function openProviderQueues(text: string): Readonly<Record<string, ProviderQueues>> {
  const sqs = openSqs();
  return Object.fromEntries(
    Object.entries(urlsByProvider.parse(JSON.parse(text))).map(([provider, urls]) => [
      provider,
      {
        name: urls.deliveries.slice(urls.deliveries.lastIndexOf('/') + 1),
        enqueue: makeSendMessage(urls.deliveries, sqs),
        deliveries: openQueue(urls.deliveries, sqs),
        deadLetters: openQueue(urls.deadLetters, sqs),
      },
    ]),
  );
}

import * as z from 'zod';
import { type Enqueue, makeEnqueue } from '../aws-lite/send-message.ts';
import { openQueue, type Queue } from './sqs.ts';

/** The queue of one provider's deliveries, and what it gave up on. */
export interface ProviderQueues {
  readonly enqueue: Enqueue;
  readonly deliveries: Queue;
  readonly deadLetters: Queue;
}

const shape = z.record(z.string(), z.object({ deliveries: z.url(), deadLetters: z.url() }));

/** @param text JSON: for each provider the URLs of `deliveries` and `deadLetters`. */
export function openProviderQueues(text: string): Readonly<Record<string, ProviderQueues>> {
  const urls = shape.parse(JSON.parse(text));
  return Object.fromEntries(
    Object.entries(urls).map(([provider, { deliveries, deadLetters }]) => [
      provider,
      {
        enqueue: makeEnqueue(deliveries),
        deliveries: openQueue(deliveries),
        deadLetters: openQueue(deadLetters),
      },
    ]),
  );
}

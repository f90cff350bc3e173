import { randomUUID } from 'node:crypto';
import type { ProviderQueues } from '../platform/aws/redrivable-queues.ts';
import { emitMetrics } from '../platform/logger.ts';
import { fromQueueRecord, toQueueMessage } from '../webhooks/envelope.ts';
import { type DrainCounts, drainSome, type RedriveLedger } from '../webhooks/retry/dead-letters.ts';

export interface SendableEvent {
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly body: string;
  readonly receivedAt: Date;
}

export interface DeadLetterSummary {
  readonly provider: string;
  readonly waiting: number;
  readonly first: readonly {
    readonly event: string;
    readonly type: string;
    readonly receivedAt: string;
  }[];
}

/** What operators' commands do to queues. */
export interface QueueOperations {
  /** With a nonce of its own, so that an earlier success does not swallow it. */
  replay(event: SendableEvent): Promise<void>;
  summarize(provider: string): Promise<DeadLetterSummary>;
  redrive(
    provider: string,
    limit: number,
    ledger: RedriveLedger,
    startedAt: Date,
  ): Promise<DrainCounts>;
}

// As long as it takes to read them; they must not be away from the job that sends them back.
const PEEK_SECONDS = 1;

export function makeQueueOperations(
  queues: Readonly<Record<string, ProviderQueues>>,
): QueueOperations {
  const of = (provider: string): ProviderQueues => {
    const found = queues[provider];
    if (found === undefined) throw new Error(`There is no queue for ${provider}.`);
    return found;
  };
  return {
    async replay({ source: provider, eventId, type: eventType, body, receivedAt }) {
      const envelope = {
        provider,
        eventId,
        eventType,
        body,
        receivedAt: receivedAt.toISOString(),
        trace: eventId,
      };
      await of(provider).enqueue(toQueueMessage({ ...envelope, replay: randomUUID() }));
    },

    async summarize(provider) {
      const { deadLetters } = of(provider);
      const [waiting, messages] = await Promise.all([
        deadLetters.size(),
        deadLetters.receive(PEEK_SECONDS),
      ]);
      return { provider, waiting, first: messages.map(describe) };
    },

    async redrive(provider, limit, ledger, startedAt) {
      const { enqueue, deadLetters } = of(provider);
      const total = { redriven: 0, exhausted: 0, dropped: 0 };
      while (total.redriven + total.exhausted + total.dropped < limit) {
        const some = await drainSome({ provider, enqueue, deadLetters, ledger, startedAt });
        if (some === undefined || some.redriven + some.exhausted + some.dropped === 0) break;
        total.redriven += some.redriven;
        total.exhausted += some.exhausted;
        total.dropped += some.dropped;
      }
      emitMetrics(
        'redrives',
        { Redriven: total.redriven, Exhausted: total.exhausted },
        { provider },
      );
      return total;
    },
  };
}

function describe(message: Parameters<typeof fromQueueRecord>[0] & { readonly sentAt: Date }) {
  try {
    const { eventId, eventType, receivedAt } = fromQueueRecord(message);
    return { event: eventId, type: eventType, receivedAt };
  } catch {
    return {
      event: `message ${message.messageId}`,
      type: 'unreadable',
      receivedAt: message.sentAt.toISOString(),
    };
  }
}

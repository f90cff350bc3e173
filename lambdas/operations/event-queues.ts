import { randomUUID } from 'node:crypto';
import type { ProviderQueues } from '../platform/aws/redrivable-queues.ts';
import { emitMetrics } from '../platform/logger.ts';
import { fromQueueRecord, toQueueMessage } from '../webhooks/envelope.ts';
import { type DrainCounts, drainSome, type RedriveLedger } from '../webhooks/retry/dead-letters.ts';

export interface ReplayableEvent {
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

/** Queue operations that operator commands use. */
export interface EventQueues {
  /**
   * Enqueues an event with a new replay id, so that the idempotency record of an earlier success
   * does not match.
   */
  readonly replay: (event: ReplayableEvent) => Promise<void>;
  readonly summarizeDeadLetters: (provider: string) => Promise<DeadLetterSummary>;
  /**
   * Sends dead letters back until `limit` is reached or none is left that was sent before
   * `startedAt`.
   */
  readonly redriveDeadLetters: (
    provider: string,
    limit: number,
    ledger: RedriveLedger,
    startedAt: Date,
  ) => Promise<DrainCounts>;
}

// Short, so that a listing does not hide dead letters from the job that redrives them.
const PEEK_SECONDS = 1;

export function makeEventQueues(byProvider: Readonly<Record<string, ProviderQueues>>): EventQueues {
  const queuesOf = (provider: string): ProviderQueues => {
    const queues = byProvider[provider];
    if (queues === undefined) throw new Error(`No queue is configured for ${provider}.`);
    return queues;
  };
  return {
    async replay({ source: provider, eventId, type: eventType, body, receivedAt }) {
      const message = toQueueMessage({
        provider,
        eventId,
        eventType,
        body,
        receivedAt: receivedAt.toISOString(),
        trace: eventId,
        replay: randomUUID(),
      });
      await queuesOf(provider).enqueue(message);
    },

    async summarizeDeadLetters(provider) {
      const { deadLetters } = queuesOf(provider);
      const [waiting, messages] = await Promise.all([
        deadLetters.size(),
        deadLetters.receive(PEEK_SECONDS),
      ]);
      return { provider, waiting, first: messages.map(summarizeMessage) };
    },

    async redriveDeadLetters(provider, limit, ledger, startedAt) {
      const { enqueue, deadLetters } = queuesOf(provider);
      const total = { redriven: 0, exhausted: 0, dropped: 0 };
      while (sumOf(total) < limit) {
        const counts = await drainSome({ provider, enqueue, deadLetters, ledger, startedAt });
        if (counts === undefined || sumOf(counts) === 0) break;
        total.redriven += counts.redriven;
        total.exhausted += counts.exhausted;
        total.dropped += counts.dropped;
      }
      const { redriven: Redriven, exhausted: Exhausted } = total;
      emitMetrics('redrives', { Redriven, Exhausted }, { provider });
      return total;
    },
  };
}

const sumOf = ({ redriven, exhausted, dropped }: DrainCounts) => redriven + exhausted + dropped;

type DeadLetterMessage = Parameters<typeof fromQueueRecord>[0] & { readonly sentAt: Date };

function summarizeMessage(message: DeadLetterMessage) {
  try {
    const { eventId, eventType, receivedAt } = fromQueueRecord(message);
    return { event: eventId, type: eventType, receivedAt };
  } catch {
    const receivedAt = message.sentAt.toISOString();
    return { event: `message ${message.messageId}`, type: 'unreadable', receivedAt };
  }
}

import { randomUUID } from 'node:crypto';
import type { ProviderQueues } from '../platform/aws/redrivable-queues.ts';
import { emitMetrics } from '../platform/logger.ts';
import { fromQueueRecord, toQueueMessage } from '../webhooks/envelope.ts';
import {
  type DeadLetterCounts,
  type DeadLetterDeps,
  redriveDeadLetters,
} from '../webhooks/retry/dead-letters.ts';

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

export type RedriveRun = Pick<DeadLetterDeps, 'pool' | 'startedAt' | 'now'>;

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
   * the run started.
   */
  readonly redriveDeadLetters: (
    provider: string,
    limit: number,
    run: RedriveRun,
  ) => Promise<DeadLetterCounts>;
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

    async redriveDeadLetters(provider, limit, run) {
      const { enqueue, deadLetters } = queuesOf(provider);
      const total = { redriven: 0, exhausted: 0, discarded: 0 };
      while (sumOf(total) < limit) {
        const counts = await redriveDeadLetters({ provider, enqueue, deadLetters, ...run });
        if (counts === undefined || sumOf(counts) === 0) break;
        total.redriven += counts.redriven;
        total.exhausted += counts.exhausted;
        total.discarded += counts.discarded;
      }
      const { redriven: Redriven, exhausted: Exhausted } = total;
      emitMetrics('redrives', { Redriven, Exhausted }, { provider });
      return total;
    },
  };
}

const sumOf = ({ redriven, exhausted, discarded }: DeadLetterCounts) =>
  redriven + exhausted + discarded;

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

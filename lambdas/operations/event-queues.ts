import type { ProviderQueues } from '../platform/aws/redrivable-queues.ts';
import { emitMetrics } from '../platform/logger.ts';
import { fromQueueRecord, toQueueMessage } from '../webhooks/envelope.ts';
import type { ReplayedEvent } from '../webhooks/event-search.queries.ts';
import {
  type DeadLetterCounts,
  type DeadLetterDeps,
  redriveDeadLetters,
  takenLetters,
} from '../webhooks/retry/dead-letters.ts';

export type ReplayableEvent = Omit<ReplayedEvent, 'id'>;

export interface DeadLetterSummary {
  readonly provider: string;
  /** Approximate number of dead letters, those in flight included. */
  readonly waiting: number;
  /** Up to ten dead letters that were not in flight. */
  readonly first: readonly {
    readonly event: string;
    readonly type: string;
    readonly receivedAt: string;
  }[];
}

/** Approximate numbers of messages, those in flight included. */
export interface QueueCounts {
  readonly provider: string;
  /** Name of the delivery queue in SQS, which its metrics contain. */
  readonly queue: string;
  readonly waiting: number;
  readonly deadLetters: number;
}

export interface RedriveRun extends Pick<DeadLetterDeps, 'pool' | 'startedAt' | 'now'> {
  /** Time at which no further round starts. */
  readonly endsAt: Date;
}

export interface RedriveResult extends DeadLetterCounts {
  /** Reason why the run ended. `rejected`: the queue accepts no message. */
  readonly stopped: 'limit' | 'empty' | 'time' | 'rejected';
}

/** Queue operations that operator commands use. */
export interface EventQueues {
  /** Enqueues a replay of an event. */
  readonly replay: (event: ReplayableEvent) => Promise<void>;
  readonly countMessages: (provider: string) => Promise<QueueCounts>;
  readonly summarizeDeadLetters: (provider: string) => Promise<DeadLetterSummary>;
  /**
   * Sends dead letters back until `limit` letters were taken, none is left that was sent before the
   * run started, or the time is up.
   */
  readonly redriveDeadLetters: (
    provider: string,
    limit: number,
    run: RedriveRun,
  ) => Promise<RedriveResult>;
}

// Short, because the redrive job cannot receive the listed dead letters during this time.
const PEEK_SECONDS = 1;

export function makeEventQueues(byProvider: Readonly<Record<string, ProviderQueues>>): EventQueues {
  const queuesOf = (provider: string): ProviderQueues => {
    const queues = byProvider[provider];
    if (queues === undefined) throw new Error(`No queue is configured for ${provider}.`);
    return queues;
  };
  return {
    async replay({ source: provider, eventId, type: eventType, origin, body, receivedAt, replay }) {
      const message = toQueueMessage({
        provider,
        eventId,
        eventType,
        body,
        receivedAt: receivedAt.toISOString(),
        trace: eventId,
        replay,
        ...(origin === 'reconciled' ? { origin } : {}),
      });
      await queuesOf(provider).enqueue(message);
    },

    async countMessages(provider) {
      const { name: queue, deliveries, deadLetters } = queuesOf(provider);
      const [waiting, dead] = await Promise.all([deliveries.size(), deadLetters.size()]);
      return { provider, queue, waiting, deadLetters: dead };
    },

    async summarizeDeadLetters(provider) {
      const { deadLetters } = queuesOf(provider);
      const [size, messages] = await Promise.all([
        deadLetters.size(),
        deadLetters.receive(PEEK_SECONDS),
      ]);
      // SQS counts with a delay of up to a minute.
      const waiting = Math.max(size, messages.length);
      return { provider, waiting, first: messages.map(summarizeMessage) };
    },

    async redriveDeadLetters(provider, limit, run) {
      const { enqueue, deadLetters } = queuesOf(provider);
      const result = await redriveUpTo({ provider, enqueue, deadLetters, ...run }, limit);
      const { redriven: Redriven, exhausted: Exhausted } = result;
      emitMetrics('redrives', { Redriven, Exhausted }, { provider });
      return result;
    },
  };
}

async function redriveUpTo(
  deps: DeadLetterDeps & RedriveRun,
  limit: number,
): Promise<RedriveResult> {
  const total = { redriven: 0, exhausted: 0, discarded: 0, rejected: 0 };
  const end = (stopped: RedriveResult['stopped']) => ({ ...total, stopped });
  while (takenLetters(total) < limit) {
    if (deps.now() >= deps.endsAt) return end('time');
    const counts = await redriveDeadLetters(deps, limit - takenLetters(total));
    if (counts === undefined) return end('empty');
    total.redriven += counts.redriven;
    total.exhausted += counts.exhausted;
    total.discarded += counts.discarded;
    total.rejected += counts.rejected;
    if (counts.rejected === takenLetters(counts)) return end('rejected');
  }
  return end('limit');
}

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

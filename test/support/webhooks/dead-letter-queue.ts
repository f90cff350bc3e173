import type pg from 'pg';
import type { QueueMessage } from '../../../lambdas/platform/aws/queue-message.ts';
import type { Queue, ReceivedMessage } from '../../../lambdas/platform/aws/sqs.ts';
import type { Clock } from '../../../lambdas/platform/clock.ts';

export type DeadLetterRecord = Omit<ReceivedMessage, 'sentAt'> &
  Partial<Pick<ReceivedMessage, 'sentAt'>>;

/** Creates a dead-letter queue that returns each message until it is deleted. */
export function aDeadLetterQueue(records: readonly DeadLetterRecord[], sentAt: Date): Queue {
  const messages = new Map(records.map((record) => [record.receiptHandle, { sentAt, ...record }]));
  return {
    receive: async (_, max = 10) => [...messages.values()].slice(0, Math.min(max, 10)),
    delete: async (receiptHandle) => {
      messages.delete(receiptHandle);
    },
    changeVisibility: async () => {},
    size: async () => messages.size,
  };
}

/** Creates redrives of dead letters that are an hour old. */
export function makeRedriveFixture(database: { readonly pool: pg.Pool }, now: Clock) {
  function aRedrive(records: readonly DeadLetterRecord[]) {
    const sent: QueueMessage[] = [];
    const deadLetters = aDeadLetterQueue(records, new Date(now().getTime() - 3_600_000));
    const enqueue = async (message: QueueMessage) => {
      sent.push(message);
      return 'message';
    };
    const pool = async () => database.pool;
    return {
      sent,
      deadLetters,
      deps: { provider: 'mux', deadLetters, enqueue, pool, startedAt: now(), now },
    };
  }
  return { aRedrive };
}

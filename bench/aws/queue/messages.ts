import { randomUUID } from 'node:crypto';
import type { ReceivedMessage } from '../../../local/aws/sqs.ts';

export interface Message extends Pick<ReceivedMessage, 'MessageId' | 'Body' | 'MD5OfBody'> {
  readonly MessageAttributes?: NonNullable<ReceivedMessage['MessageAttributes']>;
  readonly sentAt: number;
}

interface Held {
  readonly message: Message;
  readonly receives: number;
}

interface Out extends Held {
  /** When it comes back. */
  readonly until: number;
}

/** What waits and what was handed out, as a standard queue of SQS has it. Times are milliseconds. */
export class Messages {
  #waiting: Held[] = [];
  readonly #out = new Map<string, Out>();

  add(message: Message): void {
    this.#waiting.push({ message, receives: 0 });
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** The oldest, which stay away for as long as `visibleAgainAt` says. */
  receive(max: number, visibleAgainAt: number): readonly ReceivedMessage[] {
    return this.#waiting.splice(0, max).map(({ message, receives }) => {
      const ReceiptHandle = randomUUID();
      this.#out.set(ReceiptHandle, { message, receives: receives + 1, until: visibleAgainAt });
      const { sentAt, ...received } = message;
      return {
        ...received,
        ReceiptHandle,
        Attributes: {
          SentTimestamp: String(sentAt),
          ApproximateReceiveCount: String(receives + 1),
        },
      };
    });
  }

  delete(receiptHandle: string): boolean {
    return this.#out.delete(receiptHandle);
  }

  /** @returns whether it is out under this handle. */
  hide(receiptHandle: string, until: number): boolean {
    const out = this.#out.get(receiptHandle);
    if (out === undefined) return false;
    this.#out.set(receiptHandle, { ...out, until });
    return true;
  }

  /** Lets those wait again whose time is over. @returns how many. */
  takeBack(now: number): number {
    const due = [...this.#out].filter(([, { until }]) => until <= now);
    for (const [receiptHandle, { message, receives }] of due) {
      this.#out.delete(receiptHandle);
      this.#waiting.push({ message, receives });
    }
    return due.length;
  }

  clear(): void {
    this.#waiting = [];
    this.#out.clear();
  }
}

import { Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import type { ReceivedMessage } from '../../local/queues.ts';

/** One queue, for those who hand its messages to functions. */
export interface Source {
  /** Waits until there is a message: at most ten, and none where it has waited for long. */
  receive(): Promise<readonly ReceivedMessage[]>;
  remove(messages: readonly ReceivedMessage[]): Promise<void>;
}

export function openSource(url: string): Source {
  const agent = new Agent({ keepAlive: true });
  const call = (operation: string, input: object) =>
    new Promise<unknown>((resolve, reject) => {
      const headers = { 'x-amz-target': `AmazonSQS.${operation}` };
      const sent = request(url, { agent, method: 'POST', headers }, (response) => resolve(json(response)));
      sent.once('error', reject).end(JSON.stringify(input));
    });
  return {
    async receive() {
      const answer = await call('ReceiveMessage', { MaxNumberOfMessages: 10, WaitTimeSeconds: 20 });
      return (answer as { readonly Messages?: readonly ReceivedMessage[] }).Messages ?? [];
    },
    async remove(messages) {
      if (messages.length === 0) return;
      await call('DeleteMessageBatch', {
        Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      });
    },
  };
}

import { hash } from 'node:crypto';
import type { Enqueue } from '../aws/queue-message.ts';
import { awsRequest } from './aws-client.ts';

// Two attempts here and two for a secret fit into the 5 s after which Mux hangs up:
// https://docs.mux.com/docs/webhooks
const ATTEMPT_MS = 1_500;

export function makeEnqueue(queueUrl: string): Enqueue {
  return async function enqueue({ body, attributes }) {
    const answer = await awsRequest({
      service: 'sqs',
      operation: 'SendMessage',
      input: {
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
      },
      attemptMs: ATTEMPT_MS,
    });
    const messageId = answer['MessageId'];
    if (typeof messageId !== 'string' || messageId === '')
      throw new EnqueueError('has no message id');
    if (answer['MD5OfMessageBody'] !== hash('md5', body))
      throw new EnqueueError('is about another body');
    return messageId;
  };
}

/** Something other than SQS answered, or the message was damaged on its way. */
export class EnqueueError extends Error {
  constructor(fault: string) {
    super(`The queue's answer ${fault}.`);
    this.name = 'EnqueueError';
  }
}

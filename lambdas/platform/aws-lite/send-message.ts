import { hash } from 'node:crypto';
import { type Enqueue, toMessageAttributes } from '../aws/queue-message.ts';
import { awsRequest } from './aws-client.ts';

/** Longer than SECRET_ATTEMPT_MS, because a message may have 1 MiB. The sum is explained there. */
export const SEND_ATTEMPT_MS = 1_000;

export function makeEnqueue(queueUrl: string): Enqueue {
  return async function enqueue({ body, attributes }) {
    const response = await awsRequest({
      service: 'sqs',
      operation: 'SendMessage',
      input: {
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: toMessageAttributes(attributes),
      },
      attemptMs: SEND_ATTEMPT_MS,
    });
    const messageId = response['MessageId'];
    if (typeof messageId !== 'string' || messageId === '')
      throw new EnqueueError('has no message id');
    if (response['MD5OfMessageBody'] !== hash('md5', body))
      throw new EnqueueError('has the MD5 digest of another body');
    return messageId;
  };
}

/** The response did not come from SQS, or the message was damaged on its way. */
export class EnqueueError extends Error {
  constructor(fault: string) {
    super(`The response of SQS ${fault}.`);
    this.name = 'EnqueueError';
  }
}

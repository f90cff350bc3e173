import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Enqueue } from '../../lambdas/platform/aws/queue-message.ts';

const ATTEMPT_MS = 1_500;

/** In the place of the verifier's own: the same promise, kept by the SDK, which compares the body's MD5 by itself. */
export function makeEnqueue(queueUrl: string): Enqueue {
  const requestHandler = {
    connectionTimeout: ATTEMPT_MS,
    requestTimeout: ATTEMPT_MS,
    throwOnRequestTimeout: true,
  };
  const sqs = new SQSClient({ maxAttempts: 2, requestHandler });
  return async function enqueue({ body, attributes }) {
    const texts = Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]);
    const { MessageId } = await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(texts),
      }),
    );
    if (!MessageId) throw new Error('The queue said no message id.');
    return MessageId;
  };
}

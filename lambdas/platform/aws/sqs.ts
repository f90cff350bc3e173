import type { SQSRecord } from 'aws-lambda';
import { awsRequest } from '../aws-lite/aws-client.ts';

/** A message that was received and is not deleted yet, in the shape in which Lambda hands one to a function. */
export type ReceivedMessage = Pick<
  SQSRecord,
  'messageId' | 'receiptHandle' | 'body' | 'messageAttributes'
> & {
  readonly sentAt: Date;
};

export interface Queue {
  /** At most ten, oldest first as far as SQS tells. They come back unless they are deleted in time. */
  receive(visibilitySeconds: number): Promise<readonly ReceivedMessage[]>;
  delete(receiptHandle: string): Promise<void>;
  /** How long a message that was received stays away. */
  changeVisibility(receiptHandle: string, seconds: number): Promise<void>;
  /** About as many as wait. */
  size(): Promise<number>;
}

const ATTEMPT_MS = 3_000;

export function openQueue(queueUrl: string): Queue {
  const call = (operation: string, input: Readonly<Record<string, unknown>>) =>
    awsRequest({
      service: 'sqs',
      operation,
      input: { QueueUrl: queueUrl, ...input },
      attemptMs: ATTEMPT_MS,
    });
  return {
    async receive(visibilitySeconds) {
      const answer = await call('ReceiveMessage', {
        MaxNumberOfMessages: 10,
        VisibilityTimeout: visibilitySeconds,
        // Without a wait, SQS asks only some of its servers and may say that there is nothing where there is.
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      });
      const messages = (answer['Messages'] ?? []) as readonly SqsMessage[];
      return messages
        .map(toReceived)
        .sort((one, other) => one.sentAt.getTime() - other.sentAt.getTime());
    },
    async delete(receiptHandle) {
      await call('DeleteMessage', { ReceiptHandle: receiptHandle });
    },
    async changeVisibility(receiptHandle, seconds) {
      await call('ChangeMessageVisibility', {
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      });
    },
    async size() {
      const answer = await call('GetQueueAttributes', {
        AttributeNames: ['ApproximateNumberOfMessages'],
      });
      const attributes = (answer['Attributes'] ?? {}) as Readonly<Record<string, string>>;
      return Number(attributes['ApproximateNumberOfMessages'] ?? 0);
    },
  };
}

interface SqsMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<
    Record<string, { readonly StringValue?: string; readonly DataType: string }>
  >;
}

function toReceived(message: SqsMessage): ReceivedMessage {
  const { MessageId, ReceiptHandle, Body, Attributes = {}, MessageAttributes = {} } = message;
  const attributes = Object.entries(MessageAttributes).map(([name, { StringValue, DataType }]) => [
    name,
    { dataType: DataType, ...(StringValue === undefined ? {} : { stringValue: StringValue }) },
  ]);
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    messageAttributes: Object.fromEntries(attributes),
    sentAt: new Date(Number(Attributes['SentTimestamp'] ?? 0)),
  };
}

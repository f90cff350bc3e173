import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { type CallLimits, callDeadline, clientLimits } from './call-limits.ts';
import { type Enqueue, type QueueMessage, toMessageAttributes } from './queue-message.ts';

/** A received message that is not deleted yet, in the shape of Lambda's SQS records. */
export type ReceivedMessage = Pick<
  SQSRecord,
  'messageId' | 'receiptHandle' | 'body' | 'messageAttributes'
> & {
  readonly sentAt: Date;
};

export interface Queue {
  /**
   * Receives messages, oldest first. A message returns to the queue unless it is deleted in time.
   * @param max Up to ten, the default.
   */
  receive(visibilitySeconds: number, max?: number): Promise<readonly ReceivedMessage[]>;
  delete(receiptHandle: string): Promise<void>;
  /** Makes a received message invisible for this many seconds from now. */
  changeVisibility(receiptHandle: string, seconds: number): Promise<void>;
  /** Returns the approximate number of messages: visible, in flight and delayed ones. */
  size(): Promise<number>;
}

const LIMITS: CallLimits = { attempts: 2, attemptMs: 3_000 };

// A message is counted by one of them at a time.
const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** Client of SQS with the limits of its calls. Queues of one function share it. */
export interface SqsConnection {
  readonly client: SQSClient;
  readonly limits: CallLimits;
}

export function openSqs(limits: CallLimits = LIMITS): SqsConnection {
  const client = new SQSClient({
    ...clientLimits(limits),
    // The SDK would call the host in the queue's URL, which in local mode is not the emulator's
    // host.
    useQueueUrlAsEndpoint: false,
  });
  return { client, limits };
}

export function openQueue(queueUrl: string, { client, limits } = openSqs()): Queue {
  return {
    async receive(visibilitySeconds, max = 10) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: Math.min(max, 10),
          VisibilityTimeout: visibilitySeconds,
          // A wait makes SQS query all its servers; a short poll can return nothing from a filled
          // queue.
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
        callDeadline(limits),
      );
      return Messages.map(toReceived).sort(
        (one, other) => one.sentAt.getTime() - other.sentAt.getTime(),
      );
    },
    async delete(receiptHandle) {
      await client.send(
        new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }),
        callDeadline(limits),
      );
    },
    async changeVisibility(receiptHandle, seconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
        callDeadline(limits),
      );
    },
    async size() {
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...COUNTS] }),
        callDeadline(limits),
      );
      return COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    },
  };
}

/** Sends with the SDK, which compares the MD5 digests that SQS returns with the message. */
export function makeSendMessage(queueUrl: string, { client, limits } = openSqs()): Enqueue {
  return async function sendMessage({ body, attributes }) {
    const { MessageId } = await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: toMessageAttributes(attributes),
      }),
      callDeadline(limits),
    );
    if (!MessageId) throw new Error('The response of SQS has no message id.');
    return MessageId;
  };
}

/** A queue from which Lambda receives the messages for this function. */
export interface ConsumedQueue extends Pick<Queue, 'changeVisibility'> {
  /** Sends a message that is invisible for up to 900 seconds. */
  sendDelayed(message: QueueMessage, delaySeconds: number): Promise<void>;
}

export function openConsumedQueue(queueUrl: string, connection = openSqs()): ConsumedQueue {
  const { client, limits } = connection;
  const { changeVisibility } = openQueue(queueUrl, connection);
  return {
    changeVisibility,
    async sendDelayed({ body, attributes }, delaySeconds) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageAttributes: toMessageAttributes(attributes),
          DelaySeconds: delaySeconds,
        }),
        callDeadline(limits),
      );
    },
  };
}

function toReceived({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  Attributes,
  MessageAttributes = {},
}: Message): ReceivedMessage {
  const attributes = Object.entries(MessageAttributes).map(([name, attribute]) => {
    const { StringValue, DataType = 'String' } = attribute;
    return [
      name,
      { dataType: DataType, ...(StringValue === undefined ? {} : { stringValue: StringValue }) },
    ];
  });
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    messageAttributes: Object.fromEntries(attributes),
    sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)),
  };
}

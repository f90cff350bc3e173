import type { AddressInfo } from 'node:net';
import { ACCOUNT_ID } from './account-id.ts';
import { type Fauxqs, makeFauxqs } from './fauxqs.ts';
import {
  type OldestMessage,
  type QueueContents,
  readContents,
  readOldestMessages,
} from './queue-contents.ts';

export interface QueueSettings {
  readonly name: string;
  readonly visibilitySeconds: number;
  readonly delaySeconds: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

/** Message in the format of the ReceiveMessage response. */
export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<
    Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>
  >;
}

export interface LocalQueues {
  readonly url: string;
  create(queue: QueueSettings): Promise<void>;
  send(
    queueName: string,
    body: string,
    attributes?: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Waits up to `waitSeconds` for a message. */
  receive(
    queueName: string,
    limits: { max: number; waitSeconds: number },
  ): Promise<readonly ReceivedMessage[]>;
  remove(queueName: string, messages: readonly ReceivedMessage[]): Promise<void>;
  contents(): Promise<readonly QueueContents[]>;
  /** Returns the oldest message of each queue that holds one, messages in flight included. */
  oldestMessages(): Promise<readonly OldestMessage[]>;
  /**
   * Makes every SQS call fail with 503 until it is called with false.
   * @param queueName If given, only the calls for this queue.
   */
  setDown(down: boolean, queueName?: string): void;
  stop(): Promise<void>;
}

export interface QueueOptions {
  readonly region: string;
  /** Multiplies visibility timeouts and delays. */
  readonly timeScale: number;
  /** Keeps messages across a restart or a crash of this process. @default in memory */
  readonly directory?: string;
}

/**
 * Starts SQS. A message that is stored in the directory was in flight or waiting when an earlier
 * process ended; its visibility timeout and its receives still count.
 * Opens the listener of the fauxqs app here: the fauxqs server itself listens on every interface,
 * this one on 127.0.0.1 only.
 */
export async function startQueues({
  region,
  timeScale,
  directory,
}: QueueOptions): Promise<LocalQueues> {
  const { app } = await makeFauxqs(region, directory);
  const visibility = new Map<string, number>();
  const outage: Outage = { isDown: false, queues: new Set() };
  rewriteRequests(app, { visibility, timeScale, outage });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    ...makeQueueOperations(app, url, visibility),
    setDown(down, queueName) {
      if (queueName === undefined) outage.isDown = down;
      else if (down) outage.queues.add(queueName);
      else outage.queues.delete(queueName);
    },
    async stop() {
      await app.close();
    },
  };
}

interface SqsRequest {
  QueueUrl?: string;
  VisibilityTimeout?: number;
  DelaySeconds?: number;
  Entries?: SqsRequest[];
}

interface Outage {
  isDown: boolean;
  /** Names of single queues that are down. */
  readonly queues: Set<string>;
}

interface RewriteOptions {
  /** Visibility timeout of each queue, in unscaled seconds. */
  readonly visibility: ReadonlyMap<string, number>;
  readonly timeScale: number;
  readonly outage: Outage;
}

/** Scales the times in each request, and answers 503 during an outage. */
function rewriteRequests(app: Fauxqs, { visibility, timeScale, outage }: RewriteOptions): void {
  app.addHook('preHandler', async (request, reply) => {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (!target.startsWith('AmazonSQS.')) return;
    const body = request.body as SqsRequest;
    if (outage.isDown || outage.queues.has(nameIn(body.QueueUrl ?? '')))
      return reply
        .code(503)
        .send({ __type: 'com.amazonaws.sqs#ServiceUnavailable', message: 'Local outage.' });
    if (target === 'AmazonSQS.ReceiveMessage')
      body.VisibilityTimeout ??= visibility.get(nameIn(body.QueueUrl ?? '')) ?? 30;
    if (target !== 'AmazonSQS.CreateQueue')
      for (const part of [body, ...(body.Entries ?? [])]) scaleTimes(part, timeScale);
  });
}

function scaleTimes(request: SqsRequest, timeScale: number): void {
  if (request.VisibilityTimeout !== undefined) request.VisibilityTimeout *= timeScale;
  if (request.DelaySeconds !== undefined) request.DelaySeconds *= timeScale;
}

type QueueOperations = Pick<
  LocalQueues,
  'create' | 'send' | 'receive' | 'remove' | 'contents' | 'oldestMessages'
>;

function makeQueueOperations(
  app: Fauxqs,
  url: string,
  visibility: Map<string, number>,
): QueueOperations {
  const queueUrl = (name: string) => `${url}/${ACCOUNT_ID}/${name}`;
  return {
    async create({ name, visibilitySeconds, delaySeconds, redrive }) {
      visibility.set(name, visibilitySeconds);
      const Attributes = {
        VisibilityTimeout: String(visibilitySeconds),
        DelaySeconds: String(delaySeconds),
        ...(redrive === undefined ? {} : { RedrivePolicy: JSON.stringify(redrive) }),
      };
      await callSqs(app, 'CreateQueue', { QueueName: name });
      // A stored queue keeps the attributes of an earlier template.
      await callSqs(app, 'SetQueueAttributes', { QueueUrl: queueUrl(name), Attributes });
    },
    async send(name, body, attributes = {}) {
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([attribute, StringValue]) => [
          attribute,
          { DataType: 'String', StringValue },
        ]),
      );
      await callSqs(app, 'SendMessage', {
        QueueUrl: queueUrl(name),
        MessageBody: body,
        MessageAttributes,
      });
    },
    async receive(name, { max, waitSeconds }) {
      const { Messages = [] } = await callSqs<{ Messages?: ReceivedMessage[] }>(
        app,
        'ReceiveMessage',
        {
          QueueUrl: queueUrl(name),
          MaxNumberOfMessages: max,
          WaitTimeSeconds: waitSeconds,
          AttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        },
      );
      return Messages;
    },
    async remove(name, messages) {
      if (messages.length === 0) return;
      const Entries = messages.map(({ ReceiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle,
      }));
      await callSqs(app, 'DeleteMessageBatch', { QueueUrl: queueUrl(name), Entries });
    },
    contents: () => readContents(app),
    oldestMessages: () => readOldestMessages(app),
  };
}

async function callSqs<Output>(app: Fauxqs, operation: string, input: object): Promise<Output> {
  const response = await app.inject({
    method: 'POST',
    url: '/',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
    },
    payload: JSON.stringify(input),
  });
  if (response.statusCode !== 200)
    throw new Error(`SQS answered ${response.statusCode} to ${operation}: ${response.body}`);
  return response.json() as Output;
}

/** Returns the name at the end of a queue's ARN. */
export const queueNameIn = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

const nameIn = (queueUrl: string) => queueUrl.slice(queueUrl.lastIndexOf('/') + 1);

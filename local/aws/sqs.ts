import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';

export interface QueueSettings {
  readonly name: string;
  readonly visibilitySeconds: number;
  readonly delaySeconds: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

/** As SQS answers it. */
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

export interface QueueContents {
  readonly name: string;
  readonly waiting: number;
  readonly inFlight: number;
}

export interface LocalQueues {
  readonly url: string;
  create(queue: QueueSettings): Promise<void>;
  send(queueName: string, body: string): Promise<void>;
  /** Waits until there is a message, `waitSeconds` at most. */
  receive(
    queueName: string,
    limits: { max: number; waitSeconds: number },
  ): Promise<readonly ReceivedMessage[]>;
  remove(queueName: string, messages: readonly ReceivedMessage[]): Promise<void>;
  contents(): Promise<readonly QueueContents[]>;
  /** While it is down, every call of everybody fails. */
  setDown(down: boolean): void;
  stop(): Promise<void>;
}

export interface QueueOptions {
  readonly region: string;
  /** Visibility timeouts and delays are multiplied by this. */
  readonly timeScale: number;
}

interface Call {
  QueueUrl: string;
  VisibilityTimeout?: number;
  DelaySeconds?: number;
  Entries?: Call[];
}

/** SQS in memory, on 127.0.0.1: fauxqs by itself listens on every interface, so its app is given a listener of ours. */
export async function startQueues({ region, timeScale }: QueueOptions): Promise<LocalQueues> {
  await acceptEveryCharacter();
  const app = buildApp({ logger: false, defaultRegion: region });
  const visibility = new Map<string, number>();
  let isDown = false;

  app.addHook('preHandler', async (request, reply) => {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (!target.startsWith('AmazonSQS.')) return;
    if (isDown)
      return reply
        .code(503)
        .send({ __type: 'com.amazonaws.sqs#ServiceUnavailable', message: 'Local outage.' });
    const call = request.body as Call;
    if (target === 'AmazonSQS.ReceiveMessage')
      call.VisibilityTimeout ??= visibility.get(nameIn(call.QueueUrl)) ?? 30;
    if (target !== 'AmazonSQS.CreateQueue')
      for (const part of [call, ...(call.Entries ?? [])]) scale(part, timeScale);
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  async function call<Answer>(operation: string, input: object): Promise<Answer> {
    const answer = await app.inject({
      method: 'POST',
      url: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AmazonSQS.${operation}`,
      },
      payload: JSON.stringify(input),
    });
    if (answer.statusCode !== 200)
      throw new Error(`SQS answered ${answer.statusCode} to ${operation}: ${answer.body}`);
    return answer.json() as Answer;
  }
  const queueUrl = (name: string) => `${url}/000000000000/${name}`;

  return {
    url,
    async create({ name, visibilitySeconds, delaySeconds, redrive }) {
      visibility.set(name, visibilitySeconds);
      const Attributes = {
        VisibilityTimeout: String(visibilitySeconds),
        DelaySeconds: String(delaySeconds),
        ...(redrive === undefined ? {} : { RedrivePolicy: JSON.stringify(redrive) }),
      };
      await call('CreateQueue', { QueueName: name, Attributes });
    },
    async send(name, body) {
      await call('SendMessage', { QueueUrl: queueUrl(name), MessageBody: body });
    },
    async receive(name, { max, waitSeconds }) {
      const { Messages = [] } = await call<{ Messages?: ReceivedMessage[] }>('ReceiveMessage', {
        QueueUrl: queueUrl(name),
        MaxNumberOfMessages: max,
        WaitTimeSeconds: waitSeconds,
        AttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      return Messages;
    },
    async remove(name, messages) {
      if (messages.length === 0) return;
      const Entries = messages.map(({ ReceiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle,
      }));
      await call('DeleteMessageBatch', { QueueUrl: queueUrl(name), Entries });
    },
    async contents() {
      const answer = await app.inject({ method: 'GET', url: '/_fauxqs/queues' });
      return (answer.json() as FauxqsQueue[]).map((queue) => ({
        name: queue.name,
        waiting: queue.approximateMessageCount + queue.approximateDelayedCount,
        inFlight: queue.approximateInflightCount,
      }));
    },
    setDown(down) {
      isDown = down;
    },
    async stop() {
      await app.close();
    },
  };
}

interface FauxqsQueue {
  readonly name: string;
  readonly approximateMessageCount: number;
  readonly approximateInflightCount: number;
  readonly approximateDelayedCount: number;
}

function scale(call: Call, timeScale: number): void {
  if (call.VisibilityTimeout !== undefined) call.VisibilityTimeout *= timeScale;
  if (call.DelaySeconds !== undefined) call.DelaySeconds *= timeScale;
}

/** The name at the end of a queue's ARN. */
export const queueNameIn = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

const nameIn = (queueUrl: string) => queueUrl.slice(queueUrl.lastIndexOf('/') + 1);

/**
 * fauxqs 2.4.1 tests UTF-16 code units and so refuses every emoji, which SQS takes:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
async function acceptEveryCharacter(): Promise<void> {
  const module = new URL('sqs/sqsTypes.js', import.meta.resolve('fauxqs')).href;
  const { INVALID_MESSAGE_BODY_CHAR } = (await import(module)) as {
    INVALID_MESSAGE_BODY_CHAR: RegExp;
  };
  const refused = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
  INVALID_MESSAGE_BODY_CHAR.test = (text) => refused.test(text);
}

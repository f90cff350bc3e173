import { hash, randomUUID } from 'node:crypto';
import { reportUsage } from '../../usage.ts';
import type { Certificate } from '../certificate.ts';
import { type Answer, type Operations, openInnerService, openService } from '../json-service.ts';
import { DurableLog } from './durable-log.ts';
import { type Message, Messages } from './messages.ts';

export interface QueueOpening extends Certificate {
  /** To which everything is appended. */
  readonly log: string;
}

export interface QueuePorts {
  /** For functions. */
  readonly signed: number;
  /** For the event source, which in AWS is on the other side. */
  readonly inner: number;
}

const VISIBILITY_SECONDS = 30;
const LOOK_FOR_DUE_MS = 100;

const messages = new Messages();
const idle: (() => void)[] = [];
let log: DurableLog;

const wakeOne = () => idle.shift()?.();

const functionOperations: Operations = {
  async 'AmazonSQS.SendMessage'({ MessageBody, MessageAttributes }, text) {
    const [MessageId, Body] = [randomUUID(), String(MessageBody)];
    const MD5OfBody = hash('md5', Body);
    await log.append(`send ${MessageId} ${text}`);
    const attributes = MessageAttributes === undefined ? {} : ({ MessageAttributes } as Partial<Message>);
    messages.add({ MessageId, Body, MD5OfBody, ...attributes, sentAt: Date.now() });
    wakeOne();
    return [200, { MessageId, MD5OfMessageBody: MD5OfBody }];
  },
  'AmazonSQS.ChangeMessageVisibility'({ ReceiptHandle, VisibilityTimeout }) {
    const isOut = messages.hide(String(ReceiptHandle), Date.now() + Number(VisibilityTimeout) * 1000);
    return isOut ? [200, {}] : [400, { __type: 'com.amazonaws.sqs#MessageNotInflight' }];
  },
};

const sourceOperations: Operations = {
  async 'AmazonSQS.ReceiveMessage'({ MaxNumberOfMessages, WaitTimeSeconds }): Promise<Answer> {
    const until = Date.now() + Number(WaitTimeSeconds) * 1000;
    while (messages.waiting === 0 && Date.now() < until) await arrival(until - Date.now());
    const received = messages.receive(Number(MaxNumberOfMessages), Date.now() + VISIBILITY_SECONDS * 1000);
    if (messages.waiting > 0) wakeOne();
    return [200, received.length === 0 ? {} : { Messages: received }];
  },
  // Lost in a crash, it brings the message back, as SQS may at any time: nobody waits for the disk.
  'AmazonSQS.DeleteMessageBatch'({ Entries }) {
    for (const { ReceiptHandle } of Entries as readonly { ReceiptHandle: string }[])
      if (messages.delete(ReceiptHandle)) log.note(`delete ${ReceiptHandle}`);
    return [200, { Successful: Entries, Failed: [] }];
  },
};

function arrival(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      idle.splice(idle.indexOf(wake), 1);
      resolve();
    }, milliseconds);
    idle.push(wake);
  });
}

setInterval(() => {
  for (let back = messages.takeBack(Date.now()); back > 0; back -= 1) wakeOne();
}, LOOK_FOR_DUE_MS);

reportUsage();
process.on('message', async (message: QueueOpening | 'clear' | 'usage') => {
  if (message === 'usage') return;
  if (message === 'clear') {
    messages.clear();
    process.send?.('cleared');
    return;
  }
  const { key, cert } = message;
  log = await DurableLog.open(message.log);
  const signed = await openService({ key, cert }, functionOperations);
  process.send?.({ signed, inner: await openInnerService(sourceOperations) } satisfies QueuePorts);
});

import { hash, randomUUID } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { reportUsage } from '../../usage.ts';
import type { Certificate } from '../certificate.ts';
import { type Operations, openService } from '../json-service.ts';
import { DurableLog } from './durable-log.ts';
import { onLine, sendLine } from './lines.ts';
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

/** Of an event source that is done with a batch: receipt handles to delete. The next batch is its answer. */
export type Done = readonly string[];

const BATCH = 10;
const VISIBILITY_SECONDS = 30;
const LOOK_FOR_DUE_MS = 100;

const messages = new Messages();
/** Those that wait for a batch, longest first. */
const idle: Socket[] = [];
let log: DurableLog;

const operations: Operations = {
  async 'AmazonSQS.SendMessage'({ MessageBody, MessageAttributes }, text) {
    const [MessageId, Body] = [randomUUID(), String(MessageBody)];
    const MD5OfBody = hash('md5', Body);
    await log.append(`send ${MessageId} ${text}`);
    const attributes =
      MessageAttributes === undefined ? {} : ({ MessageAttributes } as Partial<Message>);
    messages.add({ MessageId, Body, MD5OfBody, ...attributes, sentAt: Date.now() });
    handOut();
    return [200, { MessageId, MD5OfMessageBody: MD5OfBody }];
  },
  'AmazonSQS.ChangeMessageVisibility'({ ReceiptHandle, VisibilityTimeout }) {
    const isOut = messages.hide(
      String(ReceiptHandle),
      Date.now() + Number(VisibilityTimeout) * 1000,
    );
    return isOut ? [200, {}] : [400, { __type: 'com.amazonaws.sqs#MessageNotInflight' }];
  },
};

let isAsked = false;

/** Once all messages are there that the same write has brought to the disk. */
function handOut(): void {
  if (isAsked) return;
  isAsked = true;
  setImmediate(() => {
    isAsked = false;
    while (messages.waiting > 0) {
      const source = idle.shift();
      if (source === undefined) return;
      sendLine(source, messages.receive(BATCH, Date.now() + VISIBILITY_SECONDS * 1000));
    }
  });
}

function openInnerService(): Promise<number> {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => {
      if (idle.includes(socket)) idle.splice(idle.indexOf(socket), 1);
    });
    onLine<Done>(socket, (receiptHandles) => {
      // Lost in a crash, it brings the message back, as SQS may at any time: nobody waits for the disk.
      for (const handle of receiptHandles)
        if (messages.delete(handle)) log.note(`delete ${handle}`);
      idle.push(socket);
      handOut();
    });
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
}

setInterval(() => {
  if (messages.takeBack(Date.now()) > 0) handOut();
}, LOOK_FOR_DUE_MS);

reportUsage();
process.on('message', async (message: QueueOpening | 'clear' | 'usage') => {
  if (message === 'usage') return;
  if (message === 'clear') {
    messages.clear();
    await log.clear();
    process.send?.('cleared');
    return;
  }
  const { key, cert } = message;
  log = await DurableLog.open(message.log);
  const signed = await openService({ key, cert }, operations);
  process.send?.({ signed, inner: await openInnerService() } satisfies QueuePorts);
});

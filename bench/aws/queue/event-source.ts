import { once } from 'node:events';
import { connect } from 'node:net';
import type { ReceivedMessage } from '../../../local/aws/sqs.ts';
import { onLine, sendLine } from './lines.ts';
import type { Done } from './queue-process.ts';

/** Deletes what is done and waits for the next batch, of ten at most. */
export type NextBatch = (done: readonly ReceivedMessage[]) => Promise<readonly ReceivedMessage[]>;

/** A poller of Lambda's for the stand-in of SQS. Neither side is one that a user of AWS pays with CPU, so it is cheap. */
export async function openEventSource(port: number): Promise<NextBatch> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  let take: (batch: readonly ReceivedMessage[]) => void;
  onLine<readonly ReceivedMessage[]>(socket, (batch) => take(batch));
  return (done) =>
    new Promise((resolve) => {
      take = resolve;
      sendLine(socket, done.map(({ ReceiptHandle }) => ReceiptHandle) satisfies Done);
    });
}

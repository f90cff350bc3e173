import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { onLine } from '../../../bench/aws/queue/lines.ts';
import { Messages } from '../../../bench/aws/queue/messages.ts';

function queueOf(...ids: readonly string[]): Messages {
  const messages = new Messages();
  for (const MessageId of ids)
    messages.add({ MessageId, Body: `body ${MessageId}`, MD5OfBody: 'm', sentAt: 1 });
  return messages;
}

const idsOf = (received: ReturnType<Messages['receive']>) =>
  received.map(({ MessageId }) => MessageId);

describe('the durable queue', () => {
  test('hands out the oldest, as many as are asked for, and each to one', () => {
    const messages = queueOf('1', '2', '3');

    expect(idsOf(messages.receive(2, 100))).toEqual(['1', '2']);
    expect(idsOf(messages.receive(2, 100))).toEqual(['3']);
    expect(idsOf(messages.receive(2, 100))).toEqual([]);
  });

  test('has a message back when its time is over, and counts how often it was received', () => {
    const messages = queueOf('1');
    messages.receive(10, 100);

    expect(messages.takeBack(99)).toBe(0);
    expect(messages.takeBack(100)).toBe(1);
    expect(messages.receive(10, 200)[0]?.Attributes).toEqual({
      SentTimestamp: '1',
      ApproximateReceiveCount: '2',
    });
  });

  test('never sees again what was deleted', () => {
    const messages = queueOf('1');
    const [received] = messages.receive(10, 100);

    expect(messages.delete(received?.ReceiptHandle ?? '')).toBe(true);
    expect(messages.takeBack(1_000)).toBe(0);
  });

  test('keeps away for longer, or shorter, what a function hides', () => {
    const messages = queueOf('1', '2');
    const [first, second] = messages.receive(10, 100);
    messages.hide(first?.ReceiptHandle ?? '', 500);
    messages.hide(second?.ReceiptHandle ?? '', 50);

    expect(messages.takeBack(100)).toBe(1);
    expect(idsOf(messages.receive(10, 1_000))).toEqual(['2']);
    expect(messages.hide('unknown', 500)).toBe(false);
  });

  test('is empty once it is cleared, of what is out as well', () => {
    const messages = queueOf('1', '2');
    messages.receive(1, 100);
    messages.clear();

    expect(messages.waiting).toBe(0);
    expect(messages.takeBack(1_000)).toBe(0);
  });
});

test.each([1, 3, 7, 1_000])(
  'lines arrive whole, whatever pieces of %d bytes they come in',
  (bytes) => {
    const socket = new EventEmitter();
    const values = [{ body: 'Ünï—✓' }, ['a', 'b'], [], 'x'.repeat(50)];
    const sent = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
    const received: unknown[] = [];
    onLine(socket as Socket, (value) => received.push(value));

    for (let at = 0; at < sent.length; at += bytes)
      socket.emit('data', sent.subarray(at, at + bytes));

    expect(received).toEqual(values);
  },
);

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { muxSignature } from '../../test/support/providers/mux.ts';
import { eventIdOf, type Load, makeRecords } from '../load.ts';

export interface Traffic {
  readonly port: number;
  readonly load: Load;
  readonly seconds: number;
  /** Rate whatever the responses; null sends the next delivery after each response. */
  readonly perSecond: number | null;
}

/** Times are milliseconds of the epoch. */
export interface TrafficResult {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly accepted: number;
  readonly eventIds: readonly string[];
}

const CONNECTIONS = 32;

/** Prepares the requests of one slice, and sends them at the next message. */
process.on('message', async (message: Traffic | 'go') => {
  if (message === 'go') return;
  const requests = makeRecords(message.load).map((record) => ({
    eventId: eventIdOf(record),
    bytes: toRequest(record.body),
  }));
  process.send?.('prepared');
  await once(process, 'message');
  process.send?.(await sendTraffic(message, requests));
});
process.once('disconnect', () => process.exit());

const toRequest = (body: string) =>
  Buffer.from(
    [
      'POST /api/v1/webhooks/mux HTTP/1.1',
      'host: 127.0.0.1',
      `content-length: ${Buffer.byteLength(body)}`,
      `mux-signature: ${muxSignature(body)}`,
      '',
      body,
    ].join('\r\n'),
  );

async function sendTraffic(
  { port, seconds, perSecond }: Traffic,
  requests: readonly { readonly eventId: string; readonly bytes: Buffer }[],
): Promise<TrafficResult> {
  const sockets = Array.from({ length: CONNECTIONS }, () => connect(port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const startedAt = Date.now();
  const eventIds = new Set<string>();
  let next = 0;
  const dueAt = () => (perSecond === null ? Date.now() : startedAt + (next * 1000) / perSecond);
  const deliver = async (socket: Socket) => {
    for (let due = dueAt(); due < startedAt + seconds * 1000; due = dueAt()) {
      const request = requests[next++];
      if (request === undefined) throw new Error('The prepared deliveries are used up.');
      if (due > Date.now()) await setTimeout(due - Date.now());
      await send(socket, request.bytes);
      eventIds.add(request.eventId);
    }
  };
  await Promise.all(sockets.map(deliver));
  for (const socket of sockets) socket.destroy();
  return { startedAt, endedAt: Date.now(), accepted: next, eventIds: [...eventIds] };
}

/** Parses next to nothing: every receiver responds with a short body that ends in `}`. */
async function send(socket: Socket, request: Buffer): Promise<void> {
  socket.write(request);
  let response = '';
  while (!response.endsWith('}')) response += String(await once(socket, 'data'));
  if (!response.startsWith('HTTP/1.1 200')) throw new Error(`The response is ${response}`);
}

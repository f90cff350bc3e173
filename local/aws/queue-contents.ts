import type { Fauxqs } from './fauxqs.ts';

export interface QueueContents {
  readonly name: string;
  readonly waiting: number;
  readonly inFlight: number;
}

export interface OldestMessage {
  /** Name of the queue. */
  readonly name: string;
  readonly sentAt: Date;
}

interface FauxqsQueue {
  readonly name: string;
  readonly approximateMessageCount: number;
  readonly approximateInflightCount: number;
  readonly approximateDelayedCount: number;
}

export async function readContents(app: Fauxqs): Promise<readonly QueueContents[]> {
  const response = await app.inject({ method: 'GET', url: '/_fauxqs/queues' });
  return (response.json() as FauxqsQueue[]).map((queue) => ({
    name: queue.name,
    waiting: queue.approximateMessageCount + queue.approximateDelayedCount,
    inFlight: queue.approximateInflightCount,
  }));
}

interface FauxqsMessage {
  readonly sentTimestamp: number;
}

interface FauxqsMessages {
  readonly ready: readonly FauxqsMessage[];
  readonly delayed: readonly FauxqsMessage[];
  readonly inflight: readonly { readonly message: FauxqsMessage }[];
}

export async function readOldestMessages(app: Fauxqs): Promise<readonly OldestMessage[]> {
  const names = (await readContents(app))
    .filter(({ waiting, inFlight }) => waiting + inFlight > 0)
    .map(({ name }) => name);
  const oldest = names.map(async (name) => {
    const response = await app.inject({ method: 'GET', url: `/_fauxqs/queues/${name}` });
    const { messages } = response.json() as { messages: FauxqsMessages };
    const all = [...messages.ready, ...messages.delayed, ...messages.inflight.map(messageOf)];
    const times = all.map(({ sentTimestamp }) => sentTimestamp);
    return times.length === 0 ? [] : [{ name, sentAt: new Date(Math.min(...times)) }];
  });
  return (await Promise.all(oldest)).flat();
}

const messageOf = ({ message }: FauxqsMessages['inflight'][number]) => message;

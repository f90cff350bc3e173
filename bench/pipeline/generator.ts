import type { LoadSettings } from '../processor/load.ts';
import { reportUsage } from '../usage.ts';
import { Connection } from './connection.ts';
import { makeRequests, type Request } from './requests.ts';

/** Closed: each connection sends again once it has its answer. Open: so many deliveries each second, whatever comes back. */
export type Arrivals =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly perSecond: number };

export interface Attack {
  readonly port: number;
  readonly load: LoadSettings;
  readonly arrivals: Arrivals;
  readonly connections: number;
  readonly seconds: number;
}

/** Times are milliseconds of the epoch. */
export interface Attacked {
  readonly startedAt: number;
  /** When the last answer was there. */
  readonly endedAt: number;
  readonly accepted: number;
  /** Of each delivery, from when it was due to its answer. */
  readonly acceptMs: readonly number[];
  /** Each event once: when the first delivery of it was due. */
  readonly events: readonly {
    readonly eventId: string;
    readonly type: string;
    readonly dueAt: number;
  }[];
}

let now = preciseClock();

/** The clock of Postgres too, with more than its milliseconds: made anew for each run, as the two drift apart. */
function preciseClock(): () => number {
  const before = Date.now();
  while (Date.now() === before);
  const origin = Date.now() - performance.now();
  return () => origin + performance.now();
}

let prepared: { readonly attack: Attack; readonly requests: readonly Request[] } | undefined;

reportUsage();
process.on('message', async (message: Attack | 'go' | 'usage') => {
  if (message === 'usage') return;
  if (message !== 'go') {
    prepared = { attack: message, requests: makeRequests(message.load) };
    process.send?.('ready');
  } else if (prepared !== undefined) {
    process.send?.(await run(prepared.attack, prepared.requests));
  }
});

async function run(attack: Attack, requests: readonly Request[]): Promise<Attacked> {
  const connections = await Promise.all(
    Array.from({ length: attack.connections }, () => Connection.open(attack.port)),
  );
  now = preciseClock();
  const startedAt = now();
  const until = startedAt + attack.seconds * 1000;
  const dueAt = schedule(attack.arrivals, startedAt);
  const acceptMs: number[] = [];
  const events = new Map<string, Attacked['events'][number]>();
  let next = 0;
  const deliver = async (connection: Connection) => {
    for (let due = dueAt(next); due < until; due = dueAt(next)) {
      const request = requests[next++];
      if (request === undefined)
        throw new Error('The load of the pipeline was over before its time.');
      if (due > now()) await new Promise((resolve) => setTimeout(resolve, due - now()));
      const status = await connection.send(request.bytes);
      if (status !== 200) throw new Error(`A receiver answered ${status}.`);
      acceptMs.push(now() - due);
      const { eventId, type } = request;
      if (!events.has(eventId)) events.set(eventId, { eventId, type, dueAt: due });
    }
  };
  await Promise.all(connections.map(deliver));
  const endedAt = now();
  for (const connection of connections) connection.close();
  return { startedAt, endedAt, accepted: acceptMs.length, acceptMs, events: [...events.values()] };
}

/** @returns when the delivery of this number is due. */
const schedule = (arrivals: Arrivals, startedAt: number) => (index: number) =>
  arrivals.kind === 'closed' ? now() : startedAt + (index * 1000) / arrivals.perSecond;

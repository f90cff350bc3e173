import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { Reporter } from '../reporter.ts';

export interface WatchedDatabase {
  readonly url: string;
  /** True if this process started the server, so that nothing else restarts it. */
  readonly isManaged: boolean;
}

const RETRY_MS = 1_000;

/**
 * Keeps one connection open, because its end is the first sign that Postgres has died: functions
 * notice it only at their next event. Reports the end once, and the recovery once.
 * @returns a function that ends the watch.
 */
export function watchDatabase(
  { url, isManaged }: WatchedDatabase,
  { warn, print }: Pick<Reporter, 'warn' | 'print'>,
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let current: pg.Client | undefined;

  async function watch(): Promise<void> {
    let isDown = false;
    while (!signal.aborted) {
      const client = makeClient(url);
      const ended = untilEnd(client);
      const isConnected = await client.connect().then(
        () => true,
        () => false,
      );
      if (isConnected) {
        current = client;
        if (signal.aborted) return;
        if (isDown) print('Postgres answers again.');
        isDown = false;
        const reason = await ended;
        if (signal.aborted) return;
        warn(describeEnd(url, isManaged, reason));
        isDown = true;
      }
      await client.end().catch(() => {});
      await setTimeout(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }

  const watching = watch();
  return async () => {
    stopping.abort();
    await current?.end().catch(() => {});
    await watching;
  };
}

const makeClient = (url: string) =>
  new pg.Client({
    connectionString: url,
    application_name: 'local-mode-watch',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });

/** Resolves to the reason for which the connection ended. */
function untilEnd(client: pg.Client): Promise<string> {
  let reason = 'the connection was closed';
  client.on('error', ({ message }) => {
    reason = message;
  });
  return new Promise((resolve) => client.once('end', () => resolve(reason)));
}

export function describeEnd(url: string, isManaged: boolean, reason: string): string {
  const { host, pathname } = new URL(url);
  const action = isManaged
    ? 'Stop this instance with Ctrl-C and start it again, which starts Postgres.'
    : 'Start it again; this instance continues by itself.';
  return (
    `Postgres at ${host}${pathname} has died or closed its connections (${reason}). ` +
    `Deliveries are accepted and wait in the queues. ${action}`
  );
}

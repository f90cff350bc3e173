import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { LocalFunction } from '../../local/aws/lambda/functions.ts';
import type { LocalInstance } from '../../local/local-instance.ts';
import { waitUntilComplete } from '../../local/postgres/inspect-event.ts';
import { makeReporter, type Reporter } from '../../local/reporter.ts';
import { assemblyCache } from '../../local/running-instance.ts';
import { type MuxAsset, type MuxEvent, muxEvent } from '../../local/sandbox/mux-events.ts';
import type { DeliveryOptions } from '../../local/sandbox/webhook.ts';
import { startLocal } from '../../local/start.ts';
import { makeTemporaryDirectory } from '../../local/temporary-directory.ts';
import { eventually } from './eventually.ts';

// The first of a run synthesizes the app, on a machine that does so for another file at the same time.
const START_MS = 90_000;

export interface LocalSettings {
  /** 0.01 brings a message back after 1.8 seconds where AWS takes three minutes. */
  readonly timeScale?: number;
  /** Everything that functions write, and what local mode says of their faults. */
  readonly onLine?: (functionName: string, line: string) => void;
}

/** The whole stack for this file alone. Schedules run when a test says so. */
export function useLocal({ timeScale = 1, onLine }: LocalSettings = {}): () => LocalInstance {
  let local: LocalInstance | undefined;
  const directory = makeTemporaryDirectory('test');

  beforeAll(async () => {
    local = await startLocal({
      port: 0,
      stateDirectory: directory.path,
      assemblies: assemblyCache,
      database: { dataDirectory: join(directory.path, 'postgres'), durable: false },
      environment: {},
      reporter: heard(
        makeReporter({ logDirectory: join(directory.path, 'logs'), quiet: true }),
        onLine,
      ),
      timeScale,
      schedulesEnabled: false,
    });
  }, START_MS);
  afterAll(async () => {
    await local?.stop();
    directory.remove();
  }, START_MS);

  return () => {
    if (local === undefined)
      throw new Error('Local mode runs in tests only, not while a file is loaded.');
    return local;
  };
}

function heard(reporter: Reporter, onLine: LocalSettings['onLine'] = () => {}): Reporter {
  return {
    ...reporter,
    functionOutput(name, line) {
      onLine(name, line);
      reporter.functionOutput(name, line);
    },
    functionError(name, fault) {
      onLine(name, fault);
      reporter.functionError(name, fault);
    },
  };
}

/** Posts an event about a film and waits for everything that it causes. */
export async function deliver(local: LocalInstance, event: MuxEvent, options?: DeliveryOptions) {
  const { statusCode } = await local.mux.deliver(event, options);
  expect(statusCode).toBe(200);
  return waitUntilComplete(local.inspect, 'mux', event.id, 20_000);
}

/** Events about a film in the order in which they happened, the last of them just now. */
export function eventsOf(film: MuxAsset, ...types: readonly string[]): readonly MuxEvent[] {
  return types.map((type, index) =>
    muxEvent(type, film, new Date(Date.now() - (types.length - 1 - index) * 1000)),
  );
}

export function eventOf(film: MuxAsset, type: string): MuxEvent {
  return muxEvent(type, film, new Date());
}

/** `MuxProcessor`, for example. */
export function functionNamed({ functions }: LocalInstance, name: string): LocalFunction {
  const found = functions.all.find((candidate) => candidate.name === name);
  if (found === undefined)
    throw new Error(`There is no ${name}, but ${functions.all.map((one) => one.name).join(', ')}.`);
  return found;
}

/** What is still in queues, once nothing moves any more; dead letters among it. */
export async function waitForEmptyQueues({ queues }: LocalInstance): Promise<readonly string[]> {
  const left = async () =>
    (await queues.contents())
      .filter(({ waiting, inFlight }) => waiting + inFlight > 0)
      .map(({ name }) => name);
  return eventually(left, (names) => names.length === 0);
}

/** How often each of these events left a trace, over all of them. */
export async function countEffects({ pool, resend }: LocalInstance, eventIds: readonly string[]) {
  const count = async (table: string) => {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count from portal.${table} where source = 'mux' and event_id = any ($1::text[])`,
      [eventIds],
    );
    return rows[0]?.count;
  };
  const { rows } = await pool.query<{ id: string }>(
    `select id from portal.notifications where source = 'mux' and event_id = any ($1::text[])`,
    [eventIds],
  );
  const ids = new Set(rows.map(({ id }) => id));
  return {
    ledger: await count('webhook_events'),
    assetEvents: await count('asset_events'),
    notifications: ids.size,
    mails: resend.mails().filter(({ idempotencyKey = '' }) => ids.has(idempotencyKey)).length,
  };
}

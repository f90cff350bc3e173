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
import { eventually, WAIT_MS } from './eventually.ts';

/** Enough for a start that synthesizes the app while another test file does the same. */
const START_MS = 180_000;

export interface LocalSettings {
  /** Multiplies delays: 0.01 turns a visibility timeout of 3 min into 1.8 s. */
  readonly timeScale?: number;
  /** Receives each line that a function writes, and each of its errors. */
  readonly onLine?: (functionName: string, line: string) => void;
}

/** Starts an instance for this test file. Schedules run only through `scheduler.runNow`. */
export function useLocal({ timeScale = 1, onLine }: LocalSettings = {}): () => LocalInstance {
  let local: LocalInstance | undefined;
  let starting: Promise<LocalInstance> | undefined;
  const directory = makeTemporaryDirectory('test');

  beforeAll(async () => {
    starting = startLocal({
      port: 0,
      stateDirectory: directory.path,
      assemblies: assemblyCache,
      database: { dataDirectory: join(directory.path, 'postgres'), durable: false },
      environment: {},
      reporter: withListener(
        makeReporter({ logDirectory: join(directory.path, 'logs'), quiet: true }),
        onLine,
      ),
      timeScale,
      schedulesEnabled: false,
    });
    local = await starting;
  }, START_MS);
  afterAll(async () => {
    // Stops an instance too that started after its time was up.
    const started = local ?? (await starting?.catch(() => undefined));
    await started?.stop();
    directory.remove();
  }, START_MS);

  return () => {
    if (local === undefined)
      throw new Error('Call this in a test; local mode has not started yet.');
    return local;
  };
}

function withListener(reporter: Reporter, onLine: LocalSettings['onLine'] = () => {}): Reporter {
  return {
    ...reporter,
    functionOutput(name, line) {
      onLine(name, line);
      reporter.functionOutput(name, line);
    },
    functionError(name, error) {
      onLine(name, error);
      reporter.functionError(name, error);
    },
  };
}

/** Posts an event and waits for its effects. */
export async function deliver(local: LocalInstance, event: MuxEvent, options?: DeliveryOptions) {
  const { statusCode } = await local.mux.deliver(event, options);
  expect(statusCode).toBe(200);
  return waitUntilComplete(local.inspect, 'mux', event.id, WAIT_MS);
}

/** Builds events in the order of their types, one second apart, the last one now. */
export function eventsOf(asset: MuxAsset, ...types: readonly string[]): readonly MuxEvent[] {
  return types.map((type, index) =>
    muxEvent(type, asset, new Date(Date.now() - (types.length - 1 - index) * 1000)),
  );
}

export function eventOf(asset: MuxAsset, type: string): MuxEvent {
  return muxEvent(type, asset, new Date());
}

/** Finds a function by its short name, for example `MuxProcessor`. */
export function functionNamed({ functions }: LocalInstance, name: string): LocalFunction {
  const found = functions.all.find((candidate) => candidate.name === name);
  if (found === undefined) {
    const names = functions.all.map((one) => one.name).join(', ');
    throw new Error(`There is no function ${name}. Functions: ${names}.`);
  }
  return found;
}

/**
 * Waits until every queue is empty, dead-letter queues included.
 * @returns the queues that still hold messages.
 */
export async function waitForEmptyQueues({ queues }: LocalInstance): Promise<readonly string[]> {
  const notEmpty = async () =>
    (await queues.contents())
      .filter(({ waiting, inFlight }) => waiting + inFlight > 0)
      .map(({ name }) => name);
  return eventually(notEmpty, (names) => names.length === 0);
}

/** Counts the rows and mails that these events have caused together. */
export async function countEffects({ pool, resend }: LocalInstance, eventIds: readonly string[]) {
  const count = async (table: string) => {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count
         from portal.${table}
        where source = 'mux' and event_id = any ($1::text[])`,
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

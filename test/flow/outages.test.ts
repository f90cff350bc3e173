import { describe, expect, test } from '@jest/globals';
import type { LocalInstance } from '../../local/local-instance.ts';
import { addAsset } from '../../local/postgres/sample-portal.ts';
import type { MuxEvent } from '../../local/sandbox/mux-events.ts';
import { eventually } from '../support/eventually.ts';
import {
  countEffects,
  deliver,
  eventOf,
  functionNamed,
  useLocal,
  waitForEmptyQueues,
} from '../support/local.ts';

// Turns the visibility timeouts of 3 min (processor) and 6 min (sender) into 3 s and 6 s.
const local = useLocal({ timeScale: 1 / 60 });

const ids = (events: readonly MuxEvent[]) => events.map(({ id }) => id);

async function readyEvents({ pool }: LocalInstance, count: number): Promise<readonly MuxEvent[]> {
  const muxAssets = await Promise.all(
    Array.from({ length: count }, () => addAsset(pool, { status: 'processing' })),
  );
  return muxAssets.map((muxAsset) => eventOf(muxAsset, 'video.asset.ready'));
}

async function post(
  { mux }: LocalInstance,
  events: readonly MuxEvent[],
): Promise<readonly number[]> {
  const responses = await Promise.all(events.map((event) => mux.deliver(event)));
  return [...new Set(responses.map(({ statusCode }) => statusCode))];
}

async function deadLettersIn({ queues }: LocalInstance): Promise<number> {
  const contents = await queues.contents();
  return contents
    .filter(({ name }) => name.includes('DeadLetters'))
    .reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);
}

describe('while Postgres is down', () => {
  test('50 events are accepted, and each is applied once after the outage', async () => {
    const events = await readyEvents(local(), 50);
    await local().database.server?.stop();
    expect(await post(local(), events)).toEqual([200]);
    await local().database.server?.restart();

    const wanted = { ledger: 50, assetEvents: 50, notifications: 50, mails: 50 };
    const traces = await eventually(
      () => countEffects(local(), ids(events)),
      ({ mails }) => mails >= 50,
    );
    expect(traces).toEqual(wanted);
    expect(await waitForEmptyQueues(local())).toEqual([]);
    expect(await countEffects(local(), ids(events))).toEqual(wanted);
  });
});

describe('while Postgres does not answer', () => {
  test('no event becomes a dead letter, and each is applied once after the outage', async () => {
    const events = await readyEvents(local(), 30);
    const deadLetters: number[] = [];
    local().database.server?.freeze(true);
    try {
      expect(await post(local(), events)).toEqual([200]);
      // Two attempts of each processor: 8 s on an open connection, then 5 s on a new one.
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      deadLetters.push(await deadLettersIn(local()));
    } finally {
      local().database.server?.freeze(false);
    }

    const wanted = { ledger: 30, assetEvents: 30, notifications: 30, mails: 30 };
    const traces = await eventually(
      () => countEffects(local(), ids(events)),
      ({ mails }) => mails >= 30,
    );
    expect(traces).toEqual(wanted);
    expect(deadLetters).toEqual([0]);
    expect(await waitForEmptyQueues(local())).toEqual([]);
  });
});

describe('while Resend is down', () => {
  test('mails wait, and each is sent once after the outage', async () => {
    const events = await readyEvents(local(), 5);
    local().resend.setCondition('down');
    const before = local().resend.requests();
    expect(await post(local(), events)).toEqual([200]);
    await eventually(
      () => local().resend.requests(),
      (requests) => requests >= before + 5,
    );
    expect(await countEffects(local(), ids(events))).toMatchObject({ ledger: 5, mails: 0 });

    local().resend.setCondition('up');
    const traces = await eventually(
      () => countEffects(local(), ids(events)),
      ({ mails }) => mails >= 5,
    );
    expect(traces).toMatchObject({ notifications: 5, mails: 5 });
    expect(await waitForEmptyQueues(local())).toEqual([]);
    expect(await countEffects(local(), ids(events))).toMatchObject({
      notifications: 5,
      mails: 5,
    });
  });
});

describe('while the queue is down', () => {
  test('a delivery is answered 500, and is applied when Mux retries it', async () => {
    const [event] = (await readyEvents(local(), 1)) as [MuxEvent];
    local().queues.setDown(true);
    try {
      expect(await post(local(), [event])).toEqual([500]);
    } finally {
      local().queues.setDown(false);
    }
    expect((await deliver(local(), event, { earlierAttempts: 1 })).asset?.status).toBe('ready');
    expect(await countEffects(local(), [event.id])).toEqual({
      ledger: 1,
      assetEvents: 1,
      notifications: 1,
      mails: 1,
    });
  });
});

describe('while the event bus is down', () => {
  test('events are applied, and the relay publishes their domain events later', async () => {
    const [event] = (await readyEvents(local(), 1)) as [MuxEvent];
    local().buses.setDown(true);
    expect(await post(local(), [event])).toEqual([200]);
    const inspect = () => local().inspect('mux', event.id);
    const during = await eventually(inspect, ({ ledger }) => ledger !== undefined);
    expect(during).toMatchObject({ asset: { status: 'ready' }, domainEvents: [], mails: [] });

    local().buses.setDown(false);
    const relayed = await eventually(
      () => {
        local().scheduler.runNow('JobsRelayOutboxJob');
        return inspect();
      },
      ({ complete }) => complete,
    );
    expect(relayed.mails).toHaveLength(1);
    expect(relayed.domainEvents.map((one) => one['detail-type']).sort()).toEqual([
      'asset.ready',
      'notification.requested',
    ]);
  });
});

describe('a processor that is killed during a batch', () => {
  test('leaves its batch to the next processor, which applies each event once', async () => {
    const events = await readyEvents(local(), 8);
    const processor = functionNamed(local(), 'MuxProcessor');
    // Locks the assets, so that the batch cannot finish before the kill.
    const blocker = await local().pool.connect();
    await blocker.query('begin; lock table portal.assets in access exclusive mode');
    expect(await post(local(), events)).toEqual([200]);
    await eventually(
      () => processor.busy(),
      (busy) => busy > 0,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    const interrupted = await processor.kill();
    await blocker.query('rollback');
    blocker.release();
    expect(interrupted).toBeGreaterThan(0);

    const wanted = { ledger: 8, assetEvents: 8, notifications: 8, mails: 8 };
    const traces = await eventually(
      () => countEffects(local(), ids(events)),
      ({ mails }) => mails >= 8,
    );
    expect(traces).toEqual(wanted);
    expect(await waitForEmptyQueues(local())).toEqual([]);
    expect(await countEffects(local(), ids(events))).toEqual(wanted);
  });
});

import { beforeEach, expect, test } from '@jest/globals';
import type {
  EventHandler,
  IncomingEvent,
} from '../../../lambdas/webhooks/process/event-handler.ts';
import {
  type ExactlyOnce,
  makeExactlyOnce,
} from '../../../lambdas/webhooks/process/exactly-once.ts';
import {
  aGate,
  blockedSessions,
  waitForOthers,
} from '../../support/idempotency/idempotency-harness.ts';
import { effect, useEffects } from '../../support/idempotency/idempotent-effects.ts';

const { database } = useEffects();

beforeEach(() => database.pool.query('truncate portal.webhook_events'));

/** Writes one row for each event. `load` lets a test block or fail the handler. */
function anExactlyOnce(
  load: () => Promise<void> = async () => {},
  provider = 'mux',
): ExactlyOnce<string> {
  const eventHandler: EventHandler<string, void> = {
    load,
    async apply(tx, _, events) {
      tx.deferUntilCommit(Promise.all(events.map((event) => effect(tx, event))));
      return events.map(() => ({ stale: false, assetEvents: [], notifications: [], outbox: [] }));
    },
  };
  return makeExactlyOnce({
    provider,
    pool: async () => database.pool,
    eventHandler,
    now: () => new Date(),
  });
}

const anIncomingEvent = (eventId: string): IncomingEvent<string> => ({
  eventId,
  type: 'a.type',
  receivedAt: new Date('2026-03-01T10:00:00Z'),
  body: '{}',
  event: eventId,
});

type Apply = (exactlyOnce: ExactlyOnce<string>, eventId: string) => Promise<unknown>;

const inBatch: Apply = async (exactlyOnce, id) =>
  (await exactlyOnce.applyBatch([anIncomingEvent(id)])).outcomes.get(id);

const alone: Apply = async (exactlyOnce, id) =>
  (await exactlyOnce.applyOne(anIncomingEvent(id))).outcomes.get(id);

async function left() {
  const { rows } = await database.pool.query<{ keys: string[]; ledger: number; records: number }>(`
    select (select coalesce(array_agg(key order by key), '{}') from effects) as keys,
           (select count(*)::int from portal.webhook_events) as ledger,
           (select count(*)::int from portal.idempotency_records) as records`);
  return rows[0];
}
const onlyOnce = { keys: ['event-1'], ledger: 1, records: 1 };

const orders = [
  { order: 'in a batch and then in a batch', first: inBatch, second: inBatch },
  { order: 'in a batch and then alone', first: inBatch, second: alone },
  { order: 'alone and then in a batch', first: alone, second: inBatch },
  { order: 'alone and then alone', first: alone, second: alone },
];

test.each(orders)('an event applied $order is a duplicate', async ({ first, second }) => {
  await expect(first(anExactlyOnce(), 'event-1')).resolves.toBe('processed');
  await expect(second(anExactlyOnce(), 'event-1')).resolves.toBe('duplicate');

  expect(await left()).toEqual(onlyOnce);
});

test.each(orders)(
  'an event applied $order while the first runs waits and is a duplicate',
  async (ways) => {
    const gate = aGate();
    let started = false;
    const holding = anExactlyOnce(async () => {
      started = true;
      await gate.passed;
    });

    const first = ways.first(holding, 'event-1');
    await waitForOthers(() => started);
    const second = ways.second(anExactlyOnce(), 'event-1');
    await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);
    gate.open();

    await expect(first).resolves.toBe('processed');
    await expect(second).resolves.toBe('duplicate');
    expect(await left()).toEqual(onlyOnce);
  },
);

test.each(orders)('an event applied $order while the first fails is processed', async (ways) => {
  const gate = aGate();
  let started = false;
  const failing = anExactlyOnce(async () => {
    started = true;
    await gate.passed;
    throw new Error('on purpose');
  });

  const first = ways.first(failing, 'event-1').catch((error: Error) => error.message);
  await waitForOthers(() => started);
  const second = ways.second(anExactlyOnce(), 'event-1');
  await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);
  gate.open();

  await expect(first).resolves.toBe('on purpose');
  await expect(second).resolves.toBe('processed');
  expect(await left()).toEqual(onlyOnce);
});

test('30 concurrent calls, alone and in overlapping batches, have each effect once', async () => {
  const ids = Array.from({ length: 12 }, (_, index) => `event-${10 + index}`);
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, async (_, turn) => {
      const chosen = ids.filter((_, index) => (index * 7 + turn) % 3 !== 0);
      if (turn % 2 === 0) chosen.reverse();
      if (turn % 3 === 0) return [await alone(anExactlyOnce(), ids[turn % 12] as string)];
      return [...(await anExactlyOnce().applyBatch(chosen.map(anIncomingEvent))).outcomes.values()];
    }),
  );

  expect(outcomes.flat().filter((outcome) => outcome === 'processed')).toHaveLength(12);
  expect(await left()).toEqual({ keys: ids, ledger: 12, records: 12 });
});

test('applies an event once that is twice in a batch', async () => {
  const { outcomes } = await anExactlyOnce().applyBatch([
    anIncomingEvent('event-1'),
    anIncomingEvent('event-1'),
  ]);

  expect([...outcomes]).toEqual([['event-1', 'processed']]);
  expect(await left()).toEqual(onlyOnce);
});

test('treats the same id of two providers as two events', async () => {
  await expect(inBatch(anExactlyOnce(undefined, 'mux'), 'event-1')).resolves.toBe('processed');
  await expect(alone(anExactlyOnce(undefined, 'resend'), 'event-1')).resolves.toBe('processed');

  expect(await left()).toEqual({ keys: ['event-1', 'event-1'], ledger: 2, records: 2 });
});

test('processes an event again after its record expired, alone and in a batch', async () => {
  await inBatch(anExactlyOnce(), 'event-1');
  await database.pool.query('update portal.idempotency_records set expiry = 1');
  await expect(alone(anExactlyOnce(), 'event-1')).resolves.toBe('processed');
  await database.pool.query('update portal.idempotency_records set expiry = 1');
  await expect(inBatch(anExactlyOnce(), 'event-1')).resolves.toBe('processed');
  await expect(inBatch(anExactlyOnce(), 'event-1')).resolves.toBe('duplicate');
});

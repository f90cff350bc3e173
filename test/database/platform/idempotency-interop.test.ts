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

/**
 * Its only effect is a row of the event's id. `before` is where an event's application can be held
 * or can fail.
 */
function applying(
  before: () => Promise<void> = async () => {},
  provider = 'mux',
): ExactlyOnce<string> {
  const eventHandler: EventHandler<string, void> = {
    load: before,
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

const anArrival = (eventId: string): IncomingEvent<string> => ({
  eventId,
  type: 'a.type',
  receivedAt: new Date('2026-03-01T10:00:00Z'),
  body: '{}',
  event: eventId,
});

type Way = readonly [
  name: string,
  apply: (to: ExactlyOnce<string>, eventId: string) => Promise<unknown>,
];

const together: Way = [
  'in company',
  async (to, id) => (await to.applyBatch([anArrival(id)])).outcomes.get(id),
];
const alone: Way = ['alone', async (to, id) => (await to.applyOne(anArrival(id))).outcomes.get(id)];

async function left() {
  const { rows } = await database.pool.query<{ keys: string[]; ledger: number; records: number }>(`
    select (select coalesce(array_agg(key order by key), '{}') from effects) as keys,
           (select count(*)::int from portal.webhook_events) as ledger,
           (select count(*)::int from portal.idempotency_records) as records`);
  return rows[0];
}
const onlyOnce = { keys: ['event-1'], ledger: 1, records: 1 };

const bothWays = [together, alone].flatMap((first) =>
  [together, alone].map((second) => ({
    first,
    second,
    title: `${first[0]} and then ${second[0]}`,
  })),
);

test.each(bothWays)('an event that is applied $title is a duplicate', async ({ first, second }) => {
  await expect(first[1](applying(), 'event-1')).resolves.toBe('processed');
  await expect(second[1](applying(), 'event-1')).resolves.toBe('duplicate');

  expect(await left()).toEqual(onlyOnce);
});

test.each(bothWays)(
  'an event that comes $title while the first is at work waits, and is a duplicate',
  async (ways) => {
    const gate = aGate();
    let started = false;
    const holding = applying(async () => {
      started = true;
      await gate.passed;
    });

    const first = ways.first[1](holding, 'event-1');
    await waitForOthers(() => started);
    const second = ways.second[1](applying(), 'event-1');
    await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);
    gate.open();

    await expect(first).resolves.toBe('processed');
    await expect(second).resolves.toBe('duplicate');
    expect(await left()).toEqual(onlyOnce);
  },
);

test.each(bothWays)(
  'an event that comes $title while the first is about to fail is applied',
  async (ways) => {
    const gate = aGate();
    let started = false;
    const failing = applying(async () => {
      started = true;
      await gate.passed;
      throw new Error('on purpose');
    });

    const first = ways.first[1](failing, 'event-1').catch((error: Error) => error.message);
    await waitForOthers(() => started);
    const second = ways.second[1](applying(), 'event-1');
    await waitForOthers(async () => (await blockedSessions(database.pool)) === 1);
    gate.open();

    await expect(first).resolves.toBe('on purpose');
    await expect(second).resolves.toBe('processed');
    expect(await left()).toEqual(onlyOnce);
  },
);

test('30 at once, alone and in overlapping batches, in any order, have each effect once', async () => {
  const ids = Array.from({ length: 12 }, (_, index) => `event-${10 + index}`);
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, async (_, turn) => {
      const chosen = ids.filter((_, index) => (index * 7 + turn) % 3 !== 0);
      if (turn % 2 === 0) chosen.reverse();
      if (turn % 3 === 0) return [await alone[1](applying(), ids[turn % 12] as string)];
      return [...(await applying().applyBatch(chosen.map(anArrival))).outcomes.values()];
    }),
  );

  expect(outcomes.flat().filter((outcome) => outcome === 'processed')).toHaveLength(12);
  expect(await left()).toEqual({ keys: ids, ledger: 12, records: 12 });
});

test('one batch with an event twice applies it once', async () => {
  const { outcomes } = await applying().applyBatch([anArrival('event-1'), anArrival('event-1')]);

  expect([...outcomes]).toEqual([['event-1', 'processed']]);
  expect(await left()).toEqual(onlyOnce);
});

test('one id of two providers is two events', async () => {
  await expect(together[1](applying(undefined, 'mux'), 'event-1')).resolves.toBe('processed');
  await expect(alone[1](applying(undefined, 'resend'), 'event-1')).resolves.toBe('processed');

  expect(await left()).toEqual({ keys: ['event-1', 'event-1'], ledger: 2, records: 2 });
});

test('an event whose record is past its time is applied anew, in either way', async () => {
  await together[1](applying(), 'event-1');
  await database.pool.query('update portal.idempotency_records set expiry = 1');
  await expect(alone[1](applying(), 'event-1')).resolves.toBe('processed');
  await database.pool.query('update portal.idempotency_records set expiry = 1');
  await expect(together[1](applying(), 'event-1')).resolves.toBe('processed');
  await expect(together[1](applying(), 'event-1')).resolves.toBe('duplicate');
});

import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import {
  insertOutboxEntries,
  markResult,
  publishOldest,
} from '../../../lambdas/outbox/outbox.queries.ts';
import { makePublishOutbox, makeRelayOutbox } from '../../../lambdas/outbox/publish-outbox.ts';
import type { PublishableEvent, PublishResult } from '../../../lambdas/outbox/put-events.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');
const aMinuteAgo = new Date('2026-03-01T11:59:00Z');
const running = { scheduledAt: now(), remainingMs: () => 60_000 };

beforeEach(async () => {
  await database.pool.query('truncate portal.outbox');
});

async function entries(count: number, createdAt: Date) {
  const made = Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    type: 'asset.ready',
    detail: { index },
    createdAt: new Date(createdAt.getTime() + index),
  }));
  await insertOutboxEntries(database.pool, made);
  return made;
}

function aBus(refuses: (event: PublishableEvent) => boolean = () => false) {
  const got: PublishableEvent[] = [];
  const publish = async (events: readonly PublishableEvent[]): Promise<PublishResult> => {
    const taken = events.filter((event) => !refuses(event));
    got.push(...taken);
    return {
      published: taken.map(({ id }) => id),
      failed: events.filter(refuses).map(({ id }) => ({ id, error: 'ThrottlingException' })),
    };
  };
  return { got, publish };
}

function aRelay(
  publish: (events: readonly PublishableEvent[]) => Promise<PublishResult>,
  limit = 100,
) {
  return makeRelayOutbox({
    publishOldest: (createdBefore) =>
      publishOldest(database.pool, { createdBefore, limit }, publish, now),
    now,
  });
}

const unpublished = async () =>
  (
    await database.pool.query(
      'select attempts, last_error from portal.outbox where published_at is null order by created_at',
    )
  ).rows;

test('the relay publishes everything that was left, oldest first, in rounds', async () => {
  const made = await entries(25, aMinuteAgo);
  const { got, publish } = aBus();

  await expect(aRelay(publish, 10)(running)).resolves.toEqual({ EventsRelayed: 25 });

  expect(got.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
  expect(await unpublished()).toEqual([]);
});

test('the newest entries are left to whoever made them', async () => {
  await entries(1, now());
  const { got, publish } = aBus();

  await expect(aRelay(publish)(running)).resolves.toEqual({ EventsRelayed: 0 });
  expect(got).toEqual([]);
});

test('two relays at the same time publish each entry once', async () => {
  await entries(40, aMinuteAgo);
  const { got, publish } = aBus();
  const slowly = async (events: readonly PublishableEvent[]) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return publish(events);
  };

  await Promise.all([aRelay(slowly, 10)(running), aRelay(slowly, 10)(running)]);

  expect(new Set(got.map(({ id }) => id)).size).toBe(40);
  expect(got).toHaveLength(40);
});

test('what the bus refuses keeps its reason and is tried by the next relay, without a circle in this one', async () => {
  const [bad] = await entries(3, aMinuteAgo);
  const { publish } = aBus(({ id }) => id === bad?.id);

  await expect(aRelay(publish)(running)).resolves.toEqual({ EventsRelayed: 2 });

  expect(await unpublished()).toEqual([{ attempts: 1, last_error: 'ThrottlingException' }]);
  await expect(aRelay(aBus().publish)(running)).resolves.toEqual({ EventsRelayed: 1 });
});

test('a relay that has no time left publishes nothing', async () => {
  await entries(1, aMinuteAgo);

  await expect(aRelay(aBus().publish)({ ...running, remainingMs: () => 0 })).resolves.toEqual({
    EventsRelayed: 0,
  });
});

test('a relay that dies after publishing publishes again, under the same id', async () => {
  const [entry] = await entries(1, aMinuteAgo);
  const { got, publish } = aBus();
  const dying = async (events: readonly PublishableEvent[]) => {
    await publish(events);
    throw new Error('killed');
  };

  await expect(aRelay(dying)(running)).rejects.toThrow('killed');
  await aRelay(publish)(running);

  expect(got.map(({ id }) => id)).toEqual([entry?.id, entry?.id]);
  expect(await unpublished()).toEqual([]);
});

test('what was just committed is published and marked; a mark that fails is left to the relay and fails nobody', async () => {
  const made = await entries(2, now());
  const { got, publish } = aBus();

  await makePublishOutbox({ publish, mark: () => Promise.reject(new Error('Postgres is gone')) })(
    made,
  );
  expect(await unpublished()).toHaveLength(2);
  await makePublishOutbox({ publish, mark: (result) => markResult(database.pool, result, now()) })(
    made,
  );

  expect(await unpublished()).toEqual([]);
  expect(got).toHaveLength(4);
});

test('an entry that a replay makes again is not published again', async () => {
  const made = await entries(1, aMinuteAgo);
  await aRelay(aBus().publish)(running);
  await insertOutboxEntries(database.pool, made);
  const { got, publish } = aBus();

  await aRelay(publish)(running);

  expect(got).toEqual([]);
});

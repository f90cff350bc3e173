import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { insertOutboxEntries, markResult } from '../../../lambdas/outbox/outbox.queries.ts';
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

async function addEntries(count: number, createdAt: Date) {
  const added = Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    type: 'asset.ready',
    detail: { index },
    createdAt: new Date(createdAt.getTime() + index),
  }));
  await insertOutboxEntries(database.pool, added);
  return added;
}

function aBus(rejects: (event: PublishableEvent) => boolean = () => false) {
  const received: PublishableEvent[] = [];
  const publish = async (events: readonly PublishableEvent[]): Promise<PublishResult> => {
    const accepted = events.filter((event) => !rejects(event));
    received.push(...accepted);
    return {
      published: accepted.map(({ id }) => id),
      failed: events
        .filter(rejects)
        .map(({ id }) => ({ id, error: 'ThrottlingException', kind: 'unavailable' as const })),
    };
  };
  return { received, publish };
}

function aRelay(
  publish: (events: readonly PublishableEvent[]) => Promise<PublishResult>,
  batchSize = 100,
) {
  return makeRelayOutbox({ pool: async () => database.pool, publish, now, batchSize });
}

const unpublished = async () =>
  (
    await database.pool.query(
      `select attempts, last_error from portal.outbox
        where published_at is null order by created_at`,
    )
  ).rows;

test('the relay publishes all unpublished entries in batches, oldest first', async () => {
  const added = await addEntries(25, aMinuteAgo);
  const { received, publish } = aBus();

  await expect(aRelay(publish, 10)(running)).resolves.toEqual({ EventsRelayed: 25 });

  expect(received.map(({ id }) => id)).toEqual(added.map(({ id }) => id));
  expect(await unpublished()).toEqual([]);
});

test('the relay skips entries of the last seconds, which their writer publishes', async () => {
  await addEntries(1, now());
  const { received, publish } = aBus();

  await expect(aRelay(publish)(running)).resolves.toEqual({ EventsRelayed: 0 });
  expect(received).toEqual([]);
});

test('concurrent relays publish each entry once', async () => {
  await addEntries(40, aMinuteAgo);
  const { received, publish } = aBus();
  const publishSlowly = async (events: readonly PublishableEvent[]) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return publish(events);
  };

  await Promise.all([aRelay(publishSlowly, 10)(running), aRelay(publishSlowly, 10)(running)]);

  expect(new Set(received.map(({ id }) => id)).size).toBe(40);
  expect(received).toHaveLength(40);
});

test('the relay leaves a rejected entry with its error to the next relay', async () => {
  const [bad] = await addEntries(3, aMinuteAgo);
  const { publish } = aBus(({ id }) => id === bad?.id);

  await expect(aRelay(publish)(running)).resolves.toEqual({ EventsRelayed: 2 });

  expect(await unpublished()).toEqual([{ attempts: 1, last_error: 'ThrottlingException' }]);
  await expect(aRelay(aBus().publish)(running)).resolves.toEqual({ EventsRelayed: 1 });
});

test('a relay without remaining time publishes nothing', async () => {
  await addEntries(1, aMinuteAgo);

  await expect(aRelay(aBus().publish)({ ...running, remainingMs: () => 0 })).resolves.toEqual({
    EventsRelayed: 0,
  });
});

test('after a crash the relay publishes an entry again with the same id', async () => {
  const [entry] = await addEntries(1, aMinuteAgo);
  const { received, publish } = aBus();
  const dying = async (events: readonly PublishableEvent[]) => {
    await publish(events);
    throw new Error('killed');
  };

  await expect(aRelay(dying)(running)).rejects.toThrow('killed');
  await expect(aRelay(publish)(running)).resolves.toEqual({ EventsRelayed: 0 });
  const afterTheLease = () => new Date(now().getTime() + 31_000);
  await makeRelayOutbox({ pool: async () => database.pool, publish, now: afterTheLease })(running);

  expect(received.map(({ id }) => id)).toEqual([entry?.id, entry?.id]);
  expect(await unpublished()).toEqual([]);
});

test('publishes committed entries and does not throw if marking them fails', async () => {
  const added = await addEntries(2, now());
  const { received, publish } = aBus();

  await makePublishOutbox({
    publish,
    mark: () => Promise.reject(new Error('Postgres is unavailable')),
    now,
  })(added);
  expect(await unpublished()).toHaveLength(2);
  await makePublishOutbox({
    publish,
    mark: (result) => markResult(database.pool, result, now()),
    now,
  })(added);

  expect(await unpublished()).toEqual([]);
  expect(received).toHaveLength(4);
});

test('does not publish an entry again that a replay inserts again', async () => {
  const added = await addEntries(1, aMinuteAgo);
  await aRelay(aBus().publish)(running);
  await insertOutboxEntries(database.pool, added);
  const { received, publish } = aBus();

  await aRelay(publish)(running);

  expect(received).toEqual([]);
});

import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import {
  insertOutboxEntries,
  MAX_REJECTIONS,
  markPublished,
} from '../../../lambdas/outbox/outbox.queries.ts';
import { makePublishOutbox, makeRelayOutbox } from '../../../lambdas/outbox/publish-outbox.ts';
import { makePublishInChunks, type PutEntries } from '../../../lambdas/outbox/put-events.ts';
import { makeEventBuses } from '../../../local/aws/eventbridge/eventbridge.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
const start = new Date('2026-03-01T12:00:00Z');
const minutesLater = (minutes: number) => new Date(start.getTime() + minutes * 60_000);

beforeEach(async () => {
  await database.pool.query('truncate portal.outbox');
});

/** Adds entries of one type, one millisecond apart. EventBridge rejects an empty type. */
async function addEntries(count: number, type: string, createdAt: Date) {
  const entries = Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    type,
    detail: { version: 1 },
    createdAt: new Date(createdAt.getTime() + index),
  }));
  await insertOutboxEntries(database.pool, entries);
  return entries;
}

/** Publishes to a bus with the limits of EventBridge. */
function aBus() {
  const bus = makeEventBuses({ busNames: ['portal'], rules: [], region: 'ap-southeast-2' });
  const put: PutEntries = async (entries) => (await bus.put(entries)).Entries;
  return { publish: makePublishInChunks('portal', 1_048_576, put), bus };
}

const relayAt = (at: Date, publish = aBus().publish, remainingMs = () => 40_000) =>
  makeRelayOutbox({ pool: async () => database.pool, publish, now: () => at })({
    scheduledAt: at,
    remainingMs,
  });

async function countEntries() {
  const { rows } = await database.pool.query<Record<string, number>>(
    `select count(*) filter (where published_at is not null)::int as published,
            count(*) filter (where published_at is null and set_aside_at is null)::int as waiting,
            count(*) filter (where set_aside_at is not null)::int as "setAside"
       from portal.outbox`,
  );
  return rows[0];
}

test('3 rejected entries among 250 delay none of the others', async () => {
  await addEntries(3, '', minutesLater(-11));
  await addEntries(250, 'asset.ready', minutesLater(-10));

  await expect(relayAt(start)).resolves.toEqual({ EventsRelayed: 250 });

  expect(await countEntries()).toEqual({ published: 250, waiting: 3, setAside: 0 });
});

test('100 rejected entries at the head of 5,000 delay none of the others', async () => {
  await addEntries(100, '', minutesLater(-11));
  await addEntries(4_900, 'asset.ready', minutesLater(-10));

  await expect(relayAt(start)).resolves.toEqual({ EventsRelayed: 4_900 });

  expect(await countEntries()).toEqual({ published: 4_900, waiting: 100, setAside: 0 });
});

test('an entry above the limit of a call does not take others with it', async () => {
  const [huge] = await addEntries(1, 'asset.failed', minutesLater(-11));
  await database.pool.query('update portal.outbox set detail = $1 where id = $2', [
    JSON.stringify({ reason: 'x'.repeat(1_100_000) }),
    huge?.id,
  ]);
  await addEntries(30, 'asset.ready', minutesLater(-10));

  await expect(relayAt(start)).resolves.toEqual({ EventsRelayed: 30 });

  expect(await countEntries()).toEqual({ published: 30, waiting: 1, setAside: 0 });
});

test('a rejected entry waits for longer each time and is set aside', async () => {
  await addEntries(1, '', minutesLater(-11));
  const tries: number[] = [];

  for (let minute = 0; minute <= 20; minute += 1) {
    const { publish } = aBus();
    await relayAt(minutesLater(minute), (events) => {
      tries.push(minute);
      return publish(events);
    });
  }

  expect(tries).toEqual([0, 1, 2, 4, 6]);
  expect(tries).toHaveLength(MAX_REJECTIONS);
  expect(await countEntries()).toEqual({ published: 0, waiting: 0, setAside: 1 });
});

test('an unavailable bus sets nothing aside, and the next run publishes everything', async () => {
  await addEntries(150, 'asset.ready', minutesLater(-10));
  const { publish, bus } = aBus();
  bus.setDown(true);
  for (let minute = 0; minute < 20; minute += 1) await relayAt(minutesLater(minute), publish);
  expect(await countEntries()).toEqual({ published: 0, waiting: 150, setAside: 0 });
  bus.setDown(false);

  await expect(relayAt(minutesLater(20), publish)).resolves.toEqual({ EventsRelayed: 150 });
});

test('one call per run while the bus is unavailable', async () => {
  await addEntries(300, 'asset.ready', minutesLater(-10));
  const { publish, bus } = aBus();
  bus.setDown(true);
  let rounds = 0;

  await relayAt(start, (events) => {
    rounds += 1;
    return publish(events);
  });

  expect(rounds).toBe(1);
});

test('counts a rejection right after the commit', async () => {
  const entries = await addEntries(1, '', start);
  const { publish } = aBus();

  await makePublishOutbox({
    publish,
    mark: (result) => markPublished(database.pool, result, start),
    now: () => start,
  })(entries);

  const { rows } = await database.pool.query(
    'select attempts, rejections, last_error, next_attempt_at from portal.outbox',
  );
  expect(rows).toEqual([
    {
      attempts: 1,
      rejections: 1,
      last_error: 'InvalidArgument',
      next_attempt_at: new Date(start.getTime() + 30_000),
    },
  ]);
});

test('an entry without a result counts as not published', async () => {
  await addEntries(2, 'asset.ready', minutesLater(-10));
  const publish = makePublishInChunks('portal', 1_048_576, async () => [{ EventId: 'only-one' }]);

  await expect(relayAt(start, publish)).resolves.toEqual({ EventsRelayed: 1 });
});

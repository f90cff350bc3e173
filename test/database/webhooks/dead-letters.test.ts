import { beforeEach, describe, expect, test } from '@jest/globals';
import { MAX_REDRIVES } from '../../../lambdas/catalog/retry-limits.ts';
import type { QueueMessage } from '../../../lambdas/platform/aws/queue-message.ts';
import type { Queue, ReceivedMessage } from '../../../lambdas/platform/aws/sqs.ts';
import { drainSome } from '../../../lambdas/webhooks/retry/dead-letters.ts';
import { escalate } from '../../../lambdas/webhooks/retry/escalation.ts';
import { makeRedriveStore } from '../../../lambdas/webhooks/retry/retry-store.ts';
import { recordFailed, recordProcessed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aMuxRecord, aRecord } from '../../support/processor.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');
const store = makeRedriveStore(async () => database.pool, now);

beforeEach(async () => {
  await database.pool.query(
    'truncate portal.webhook_events, portal.notifications, portal.outbox cascade',
  );
});

const aBody = (id: string) => ({
  id,
  type: 'video.asset.ready',
  created_at: '2026-03-01T10:00:00Z',
  data: {},
});
const entryOf = (id: string) => ({
  source: 'mux',
  eventId: id,
  type: 'video.asset.ready',
  receivedAt: now(),
  body: JSON.stringify(aBody(id)),
});
const aFailure = (id: string) => ({
  ...entryOf(id),
  status: 'failed' as const,
  errorCode: 'E1',
  errorMessage: 'on purpose',
});

const anHourAgo = new Date(now().getTime() - 3_600_000);
type DeadLetter = Omit<ReceivedMessage, 'sentAt'> & Partial<Pick<ReceivedMessage, 'sentAt'>>;

/** A dead-letter queue that hands out each message until it is deleted. */
function deadLetterQueue(records: readonly DeadLetter[]) {
  const messages = new Map(
    records.map((record) => [record.receiptHandle, { sentAt: anHourAgo, ...record }]),
  );
  const queue: Queue = {
    receive: async () => [...messages.values()].slice(0, 10),
    delete: async (receiptHandle) => {
      messages.delete(receiptHandle);
    },
    changeVisibility: async () => {},
    size: async () => messages.size,
  };
  return queue;
}

function drainer(records: readonly DeadLetter[]) {
  const sent: QueueMessage[] = [];
  const deadLetters = deadLetterQueue(records);
  const enqueue = async (message: QueueMessage) => {
    sent.push(message);
    return 'message';
  };
  return {
    sent,
    deadLetters,
    deps: { provider: 'mux', deadLetters, enqueue, ledger: store, startedAt: now() },
  };
}

const ledger = async () =>
  (
    await database.pool.query(
      'select event_id, status, redrives, error_code, body from portal.webhook_events order by event_id',
    )
  ).rows;

test('a dead letter goes back as it was, is counted, and is gone', async () => {
  await recordFailed(database.pool, aFailure('e1'), now());
  const record = aMuxRecord(aBody('e1'));
  const { deps, sent, deadLetters } = drainer([record]);

  await expect(drainSome(deps)).resolves.toEqual({ redriven: 1, exhausted: 0, dropped: 0 });

  expect(sent).toEqual([
    {
      body: record.body,
      attributes: expect.objectContaining({
        eventId: 'e1',
        receivedAt: '2026-03-01T10:00:01.000Z',
      }),
    },
  ]);
  expect(await ledger()).toMatchObject([{ status: 'failed', redrives: 1, error_code: 'E1' }]);
  expect(await deadLetters.size()).toBe(0);
});

test('an event that never reached the ledger, as Postgres was away, gets its first line from its redrive', async () => {
  const { deps } = drainer([aMuxRecord(aBody('e1'))]);

  await drainSome(deps);

  expect(await ledger()).toMatchObject([
    {
      status: 'failed',
      redrives: 1,
      error_code: 'not-recorded',
      body: JSON.stringify(aBody('e1')),
    },
  ]);
});

test(`after ${MAX_REDRIVES} redrives it is exhausted, with its whole body, and not before`, async () => {
  await recordFailed(database.pool, aFailure('e1'), now());
  for (let redrive = 1; redrive <= MAX_REDRIVES; redrive += 1)
    await expect(drainSome(drainer([aMuxRecord(aBody('e1'))]).deps)).resolves.toMatchObject({
      redriven: 1,
    });

  const { deps, sent, deadLetters } = drainer([aMuxRecord(aBody('e1'))]);
  await expect(drainSome(deps)).resolves.toEqual({ redriven: 0, exhausted: 1, dropped: 0 });

  expect(sent).toEqual([]);
  expect(await ledger()).toMatchObject([
    {
      status: 'exhausted',
      redrives: MAX_REDRIVES,
      error_code: 'E1',
      body: JSON.stringify(aBody('e1')),
    },
  ]);
  expect(await deadLetters.size()).toBe(0);
});

test('what was applied meanwhile is dropped, and its line stays as it is', async () => {
  await recordProcessed(
    database.pool,
    [{ ...entryOf('e1'), status: 'processed', effects: {} }],
    now(),
  );
  const { deps, sent } = drainer([aMuxRecord(aBody('e1'))]);

  await expect(drainSome(deps)).resolves.toEqual({ redriven: 0, exhausted: 0, dropped: 1 });

  expect(sent).toEqual([]);
  expect(await ledger()).toMatchObject([{ status: 'processed', redrives: 0 }]);
});

test('one event that is dead twice goes back once, and both letters are gone', async () => {
  const { deps, sent, deadLetters } = drainer([aMuxRecord(aBody('e1')), aMuxRecord(aBody('e1'))]);

  await drainSome(deps);

  expect(sent).toHaveLength(1);
  expect(await ledger()).toMatchObject([{ redrives: 1 }]);
  expect(await deadLetters.size()).toBe(0);
});

test('what is no envelope is kept in the ledger instead of circling for ever', async () => {
  const { deps, deadLetters } = drainer([aRecord('what is this', {})]);

  await expect(drainSome(deps)).resolves.toMatchObject({ exhausted: 1 });

  expect(await ledger()).toMatchObject([
    { status: 'exhausted', error_code: 'not-an-envelope', body: 'what is this' },
  ]);
  expect(await deadLetters.size()).toBe(0);
});

test('a crash between sending and deleting sends a letter again and loses none', async () => {
  const { deps, sent, deadLetters } = drainer([aMuxRecord(aBody('e1'))]);
  const crashing = {
    ...deps,
    deadLetters: { ...deadLetters, delete: () => Promise.reject(new Error('killed')) },
  };

  await expect(drainSome(crashing)).rejects.toThrow('killed');
  await drainSome(deps);

  expect(sent).toHaveLength(2);
  expect(await deadLetters.size()).toBe(0);
});

test('what was sent back in this run and has failed again waits for the next', async () => {
  const { deps, sent, deadLetters } = drainer([{ ...aMuxRecord(aBody('e1')), sentAt: now() }]);

  await expect(drainSome(deps)).resolves.toBeUndefined();

  expect(sent).toEqual([]);
  expect(await deadLetters.size()).toBe(1);
});

test('a letter that its queue does not take stays dead and is not counted', async () => {
  const { deps, deadLetters } = drainer([aMuxRecord(aBody('e1'))]);

  await expect(
    drainSome({ ...deps, enqueue: () => Promise.reject(new Error('down')) }),
  ).resolves.toEqual({
    redriven: 0,
    exhausted: 0,
    dropped: 0,
  });

  expect(await deadLetters.size()).toBe(1);
  expect(await ledger()).toEqual([]);
});

describe('a failed event that no message stands for any more', () => {
  const longAgo = new Date('2026-03-01T10:00:00Z');
  const selection = { before: new Date('2026-03-01T11:00:00Z'), limit: 10, sources: ['mux'] };

  test('is sent from the ledger, and by one of two that look at the same time', async () => {
    await recordFailed(database.pool, aFailure('e1'), longAgo);
    const sent: string[] = [];
    const slowly = async ({ eventId }: { eventId: string }) => {
      sent.push(eventId);
      await new Promise((resolve) => setTimeout(resolve, 100));
    };

    const both = await Promise.all([
      store.redriveStranded(selection, slowly),
      store.redriveStranded(selection, slowly),
    ]);

    expect(sent).toEqual(['e1']);
    expect(both.map(({ redriven }) => redriven).sort()).toEqual([0, 1]);
    expect(await ledger()).toMatchObject([{ status: 'failed', redrives: 1 }]);
  });

  test('is left alone while something still happens to it, or where nobody has its queue', async () => {
    await recordFailed(database.pool, aFailure('e1'), now());
    await recordFailed(database.pool, { ...aFailure('e2'), source: 'gone' }, longAgo);

    await expect(store.redriveStranded(selection, async () => {})).resolves.toEqual({
      redriven: 0,
      exhausted: 0,
    });
  });

  test('counts as sent only when its queue has it', async () => {
    await recordFailed(database.pool, aFailure('e1'), longAgo);

    await expect(
      store.redriveStranded(selection, () => Promise.reject(new Error('down'))),
    ).rejects.toThrow('down');

    expect(await ledger()).toMatchObject([{ redrives: 0 }]);
  });
});

test('each exhausted event is told of once, also when two runs look at the same time', async () => {
  for (const id of ['e1', 'e2', 'e3'])
    await recordFailed(database.pool, { ...aFailure(id), status: 'exhausted' }, now());
  const tell = () =>
    store.escalate(500, (events) =>
      escalate(events, { stage: 'dev', recipient: 'partner@example.org' }, now()),
    );

  const runs = await Promise.all([tell(), tell(), tell()]);

  expect(runs.map(({ events }) => events).reduce((sum, events) => sum + events)).toBe(3);
  const { rows } = await database.pool.query('select recipient, params from portal.notifications');
  expect(rows.flatMap(({ params }) => params.events)).toHaveLength(3);
  await expect(tell()).resolves.toMatchObject({ events: 0, outbox: [] });
});

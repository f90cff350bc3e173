import { beforeEach, expect, test } from '@jest/globals';
import type { QueueMessage } from '../../../lambdas/platform/aws/queue-message.ts';
import { redriveOrphans } from '../../../lambdas/webhooks/retry/orphans.ts';
import { recordFailed, recordProcessed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aFailedEntry, aLedgerEntry, readLedger } from '../../support/webhooks/ledger.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');
const longAgo = new Date('2026-03-01T10:00:00Z');
const selection = {
  updatedBefore: new Date('2026-03-01T11:00:00Z'),
  limit: 10,
  sources: ['mux'],
};

beforeEach(() => database.pool.query('truncate portal.webhook_events, portal.webhook_replays'));

const redrive = (enqueue: (message: QueueMessage) => Promise<string>) =>
  redriveOrphans({ pool: async () => database.pool, enqueue, now }, selection);

test('enqueues an orphaned event once from the ledger, also in concurrent runs', async () => {
  await recordFailed(database.pool, aFailedEntry('e1'), longAgo);
  const sent: (string | undefined)[] = [];
  const enqueueSlowly = async ({ attributes }: QueueMessage) => {
    sent.push(attributes['eventId']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return 'message';
  };

  const both = await Promise.all([redrive(enqueueSlowly), redrive(enqueueSlowly)]);

  expect(sent).toEqual(['e1']);
  expect(both.map(({ redriven }) => redriven).sort()).toEqual([0, 1]);
  expect(await readLedger(database.pool)).toMatchObject([{ status: 'failed', redrives: 1 }]);
});

test('skips events that changed recently and events of other providers', async () => {
  await recordFailed(database.pool, aFailedEntry('e1'), now());
  await recordFailed(database.pool, { ...aFailedEntry('e2'), source: 'gone' }, longAgo);

  await expect(redrive(async () => 'message')).resolves.toEqual({
    redriven: 0,
    exhausted: 0,
    rejected: 0,
  });
});

test('records no redrive when the queue rejects the message', async () => {
  await recordFailed(database.pool, aFailedEntry('e1'), longAgo);

  const rejecting = () => redrive(() => Promise.reject(new Error('down')));
  await expect(rejecting()).resolves.toEqual({ redriven: 0, exhausted: 0, rejected: 1 });

  expect(await readLedger(database.pool)).toMatchObject([{ redrives: 0 }]);
  // The next run finds the event again.
  await expect(redrive(async () => 'message')).resolves.toMatchObject({ redriven: 1 });
});

test('exhausts an orphan whose body was pruned, and redrives the others', async () => {
  await recordFailed(database.pool, aFailedEntry('e1'), longAgo);
  await recordFailed(database.pool, aFailedEntry('e2'), longAgo);
  await database.pool.query(`update portal.webhook_events set body = null where event_id = 'e1'`);

  await expect(redrive(async () => 'message')).resolves.toMatchObject({
    redriven: 1,
    exhausted: 1,
  });

  expect(await readLedger(database.pool)).toMatchObject([
    { event_id: 'e1', status: 'exhausted' },
    { event_id: 'e2', status: 'failed', redrives: 1 },
  ]);
});

test('enqueues a lost replay of an applied event again, under its own id', async () => {
  await recordProcessed(
    database.pool,
    [{ ...aLedgerEntry('e1'), status: 'processed', effects: {} }],
    longAgo,
  );
  await database.pool.query(
    `insert into portal.webhook_replays
       (source, event_id, replay, status, requested_at, updated_at)
     values ('mux', 'e1', 'r1', 'requested', $1, $1)`,
    [longAgo],
  );
  const sent: QueueMessage[] = [];

  await redrive(async (message) => {
    sent.push(message);
    return 'message';
  });

  expect(sent.map(({ attributes }) => attributes)).toMatchObject([{ eventId: 'e1', replay: 'r1' }]);
});

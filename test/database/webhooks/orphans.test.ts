import { beforeEach, expect, test } from '@jest/globals';
import type { QueueMessage } from '../../../lambdas/platform/aws/queue-message.ts';
import { redriveOrphans } from '../../../lambdas/webhooks/retry/orphans.ts';
import { recordFailed } from '../../../lambdas/webhooks/webhook-events.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';
import { aFailedEntry, readLedger } from '../../support/webhooks/ledger.ts';

const database = useDatabase();
const now = () => new Date('2026-03-01T12:00:00Z');
const longAgo = new Date('2026-03-01T10:00:00Z');
const selection = {
  updatedBefore: new Date('2026-03-01T11:00:00Z'),
  limit: 10,
  sources: ['mux'],
};

beforeEach(() => database.pool.query('truncate portal.webhook_events cascade'));

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

  await expect(redrive(async () => 'message')).resolves.toEqual({ redriven: 0, exhausted: 0 });
});

test('records no redrive when the queue rejects the message', async () => {
  await recordFailed(database.pool, aFailedEntry('e1'), longAgo);

  await expect(redrive(() => Promise.reject(new Error('down')))).rejects.toThrow('down');

  expect(await readLedger(database.pool)).toMatchObject([{ redrives: 0 }]);
});

import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { operatorCommands } from '../../../lambdas/catalog/operator-commands.ts';
import { makeOutboxCommands } from '../../../lambdas/operations/commands/outbox-commands.ts';
import { insertOutboxEntries } from '../../../lambdas/outbox/outbox.queries.ts';
import { useDatabase } from '../../support/postgres/database.ts';

const database = useDatabase();
const commands = makeOutboxCommands({ pool: async () => database.pool });
const reason = 'the bus is mended';
const list = (given: object = {}) =>
  commands['outbox list'](operatorCommands['outbox list'].arguments.parse(given), 'operator');
const retry = (given: object) =>
  commands['outbox retry'](
    operatorCommands['outbox retry'].arguments.parse({ reason, ...given }),
    'operator',
  );
const discard = (given: object) =>
  commands['outbox discard'](
    operatorCommands['outbox discard'].arguments.parse({ reason, ...given }),
    'operator',
  );

beforeEach(() => database.pool.query('truncate portal.outbox'));

async function addEntry(type: string, state: 'set-aside' | 'waiting' | 'published') {
  const id = randomUUID();
  const createdAt = new Date('2026-03-01T12:00:00Z');
  await insertOutboxEntries(database.pool, [{ id, type, detail: { version: 1 }, createdAt }]);
  await database.pool.query(
    `update portal.outbox
        set rejections = case when $2 = 'set-aside' then 5 else 0 end,
            set_aside_at = case when $2 = 'set-aside' then now() end,
            published_at = case when $2 = 'published' then now() end,
            last_error = 'InvalidArgument'
      where id = $1`,
    [id, state],
  );
  return id;
}

test('lists set-aside domain events with the error and the size', async () => {
  const id = await addEntry('asset.failed', 'set-aside');
  await addEntry('asset.failed', 'waiting');
  await addEntry('asset.failed', 'published');

  await expect(list()).resolves.toMatchObject({
    entries: [{ id, rejections: 5, bytes: 14, error: 'InvalidArgument' }],
  });
});

test('lists waiting domain events of one type', async () => {
  await addEntry('asset.failed', 'set-aside');
  await addEntry('asset.failed', 'waiting');
  const id = await addEntry('asset.ready', 'waiting');

  await expect(list({ status: 'waiting', type: 'asset.ready' })).resolves.toMatchObject({
    entries: [{ id }],
  });
});

test('retry makes set-aside domain events due again, with all attempts', async () => {
  const id = await addEntry('asset.failed', 'set-aside');
  await addEntry('asset.ready', 'set-aside');

  await expect(retry({ type: 'asset.failed' })).resolves.toEqual({
    retried: 1,
    entries: [{ id, type: 'asset.failed' }],
  });
  await expect(list({ status: 'waiting' })).resolves.toMatchObject({
    entries: [{ id, rejections: 0, setAsideAt: null, nextAttemptAt: null }],
  });
});

test('a dry run of retry changes nothing', async () => {
  await addEntry('asset.failed', 'set-aside');

  await expect(retry({ dryRun: true })).resolves.toEqual({ matching: 1, retried: 0 });
  await expect(list()).resolves.toMatchObject({ entries: [{ rejections: 5 }] });
});

test('discard deletes one set-aside domain event and returns its content', async () => {
  const id = await addEntry('asset.failed', 'set-aside');
  const kept = await addEntry('asset.failed', 'set-aside');

  await expect(discard({ entry: id, dryRun: true })).resolves.toMatchObject({
    wouldDiscard: { id },
  });
  await expect(discard({ entry: id })).resolves.toMatchObject({
    discarded: { id, type: 'asset.failed', detail: { version: 1 } },
  });
  await expect(list()).resolves.toMatchObject({ entries: [{ id: kept }] });
});

test('retry and discard find no published or unknown domain event', async () => {
  const published = await addEntry('asset.failed', 'published');
  const waiting = await addEntry('asset.failed', 'waiting');

  await expect(retry({ entry: published })).resolves.toBeUndefined();
  await expect(discard({ entry: published })).resolves.toBeUndefined();
  await expect(discard({ entry: waiting })).resolves.toBeUndefined();
  await expect(discard({ entry: randomUUID() })).resolves.toBeUndefined();
});

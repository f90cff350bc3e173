import { expect, test } from '@jest/globals';
import { syntheticType } from '../../../lambdas/catalog/synthetic-events.ts';
import { aMuxProcessor, aMuxRecord } from '../../support/processor.ts';
import { muxFixture } from '../../support/providers/mux.ts';
import { anEvent, useMuxAssets } from '../../support/providers/mux-assets.ts';

const { anUpload, assetOf, count, database, rowsOf } = useMuxAssets();

test('stores the body of each event of a batch in the ledger', async () => {
  const asset = await anUpload();
  const names = [
    'video.asset.ready',
    'video.upload.asset_created',
    'video.asset.created',
    'video.upload.created',
  ];
  const events = names.map((name) => anEvent(name, asset));

  await aMuxProcessor(database.pool).process(events.map((event) => aMuxRecord(event)));

  const ledger = await rowsOf(
    'select event_id as id, body::jsonb as body from portal.webhook_events',
  );
  expect(ledger).toHaveLength(events.length);
  for (const { id, created_at } of events)
    expect(ledger).toContainEqual({ id, body: expect.objectContaining({ created_at }) });
});

test('records an event that changes nothing as ignored, without its private fields', async () => {
  const event = JSON.parse(muxFixture('video.upload.created').toString());
  const { url } = event.data;
  await aMuxProcessor(database.pool).process([aMuxRecord(event)]);

  const [ledger] = await rowsOf('select status, body, effects from portal.webhook_events');
  expect(ledger).toMatchObject({ status: 'ignored', effects: {} });
  expect(new URL(url).search).not.toBe('');
  expect(ledger.body).not.toContain(new URL(url).search);
  expect(await count('assets')).toBe(0);
});

test('records a synthetic event among others without effects', async () => {
  const asset = await anUpload();
  const smoke = {
    id: 'smoke-1',
    type: syntheticType,
    created_at: '2026-03-01T10:00:00.000Z',
    data: {},
  };
  const failed = await aMuxProcessor(database.pool).process([
    aMuxRecord(smoke),
    aMuxRecord(anEvent('video.asset.ready', asset)),
    aMuxRecord(smoke),
  ]);

  expect(failed).toEqual([]);
  expect(
    await rowsOf(`select status, effects from portal.webhook_events where event_id = 'smoke-1'`),
  ).toEqual([{ status: 'synthetic', effects: {} }]);
  expect(await assetOf(asset)).toMatchObject({ status: 'ready' });
  expect(await count('asset_events')).toBe(1);
});

test('applies an event once from 20 concurrent deliveries, alone and in batches', async () => {
  const asset = await anUpload();
  const event = anEvent('video.asset.ready', asset);
  const processors = Array.from({ length: 20 }, () => aMuxProcessor(database.pool));

  const retried = await Promise.all(
    processors.map((processor, index) =>
      processor.process(Array.from({ length: 1 + (index % 3) }, () => aMuxRecord(event))),
    ),
  );

  expect(retried.flat()).toEqual([]);
  for (const table of ['asset_events', 'notifications', 'webhook_events', 'idempotency_records'])
    expect([table, await count(table)]).toEqual([table, 1]);
  expect(processors.flatMap(({ published }) => published)).toHaveLength(2);
});

import { beforeEach, expect, test } from '@jest/globals';
import { findEventDetails } from '../../../lambdas/webhooks/event-details.queries.ts';
import { aMuxProcessor, aMuxRecord } from '../../support/processor.ts';
import { anEvent, type UploadedAsset, useMuxAssets } from '../../support/providers/mux-assets.ts';

const { anUpload, assetOf, count, database, rowsOf } = useMuxAssets();

beforeEach(() => database.pool.query('truncate portal.webhook_replays'));

const claims = () => count('idempotency_records');

const readReplays = () =>
  rowsOf('select replay, status, attempts from portal.webhook_replays order by replay');

/** Sets an asset back, as an operator does who wants its event applied again. */
const resetAsset = ({ uploadId }: UploadedAsset) =>
  database.pool.query(
    `update portal.assets
     set status = 'processing', status_at = null, status_event_id = null, ready_at = null,
         ready_event_id = null, ready_announced_at = null, end_announced_at = null
     where mux_upload_id = $1`,
    [uploadId],
  );

test('processes an event and two replays of it in one batch, each by itself', async () => {
  const asset = await anUpload();
  const event = anEvent('video.asset.ready', asset);
  const records = [
    aMuxRecord(event),
    aMuxRecord(event, { replay: 'r1' }),
    aMuxRecord(event, { replay: 'r2' }),
    aMuxRecord(event, { replay: 'r2' }),
    aMuxRecord(event),
  ];

  await expect(aMuxProcessor(database.pool).process(records)).resolves.toEqual([]);

  expect(await claims()).toBe(3);
  expect(await readReplays()).toEqual([
    { replay: 'r1', status: 'processed', attempts: 1 },
    { replay: 'r2', status: 'processed', attempts: 1 },
  ]);
  for (const table of ['asset_events', 'notifications', 'webhook_events'])
    expect([table, await count(table)]).toEqual([table, 1]);
  expect(await assetOf(asset)).toMatchObject({ status: 'ready' });
});

test('gives what a replay newly causes ids of its own, and lists it with the event', async () => {
  const asset = await anUpload();
  const event = anEvent('video.asset.ready', asset);
  const processor = aMuxProcessor(database.pool);
  await processor.process([aMuxRecord(event)]);
  await resetAsset(asset);

  await processor.process([aMuxRecord(event, { replay: 'r1' })]);

  const ids = processor.published.map(({ id }) => id);
  expect(ids).toHaveLength(4);
  expect(new Set(ids).size).toBe(4);
  const details = await findEventDetails(database.pool, { provider: 'mux', event: event.id });
  expect(details).toMatchObject({
    stateChanges: [{ to: 'ready' }, { from: 'processing', to: 'ready', applied: true }],
    notifications: [{ kind: 'asset.ready' }, { kind: 'asset.ready' }],
    replayResults: [{ replay: 'r1', status: 'processed' }],
  });
  expect(details?.['domainEvents']).toHaveLength(4);
});

test('causes nothing again when a replay changes nothing', async () => {
  const event = anEvent('video.asset.ready', await anUpload());
  const processor = aMuxProcessor(database.pool);
  await processor.process([aMuxRecord(event)]);

  await processor.process([aMuxRecord(event, { replay: 'r1' })]);

  for (const table of ['asset_events', 'notifications'])
    expect([table, await count(table)]).toEqual([table, 1]);
  expect(processor.published).toHaveLength(2);
  expect(await readReplays()).toMatchObject([{ status: 'processed' }]);
});

test('gives a replay that applies its event first the ids of the event', async () => {
  const event = anEvent('video.asset.ready', await anUpload());
  const processor = aMuxProcessor(database.pool);

  await processor.process([aMuxRecord(event, { replay: 'r1' })]);
  await processor.process([aMuxRecord(event)]);

  expect(await rowsOf('select event_id from portal.asset_events')).toEqual([
    { event_id: event.id },
  ]);
  expect(processor.published).toHaveLength(2);
  expect(await rowsOf('select status from portal.webhook_events')).toEqual([
    { status: 'processed' },
  ]);
});

test('records a replay that fails for good and keeps the applied event', async () => {
  const [asset, other] = [await anUpload(), await anUpload()];
  const event = anEvent('video.asset.ready', asset);
  const processor = aMuxProcessor(database.pool);
  await processor.process([aMuxRecord(event), aMuxRecord(anEvent('video.asset.ready', other))]);
  await database.pool.query(
    `update portal.assets set mux_asset_id = 'another' where mux_upload_id = $1`,
    [asset.uploadId],
  );

  await processor.process([aMuxRecord(event, { replay: 'r1' })]);

  expect(await rowsOf('select status, error_code, attempts from portal.webhook_replays')).toEqual([
    { status: 'exhausted', error_code: 'contradictory-film', attempts: 1 },
  ]);
  expect(await rowsOf('select distinct status from portal.webhook_events')).toEqual([
    { status: 'processed' },
  ]);
});

test('inserts no asset for a redelivery whose asset was deleted', async () => {
  const [asset, other] = [await anUpload(), await anUpload()];
  const event = anEvent('video.asset.created', asset);
  const processor = aMuxProcessor(database.pool);
  await processor.process([aMuxRecord(event)]);
  await database.pool.query('delete from portal.asset_events');
  await database.pool.query('delete from portal.assets where mux_upload_id = $1', [asset.uploadId]);

  await processor.process([aMuxRecord(event)]);
  await processor.process([aMuxRecord(event), aMuxRecord(anEvent('video.asset.created', other))]);

  expect(await count('assets')).toBe(1);
  expect(await assetOf(other)).toMatchObject({ status: 'processing' });
});

import { expect, test } from '@jest/globals';
import { aMuxProcessor, aMuxRecord, type MuxBody } from '../../support/processor.ts';
import { anEvent, useMuxAssets } from '../../support/providers/mux-assets.ts';

const { anUpload, assetOf, count, database, rowsOf } = useMuxAssets();

const process = (...events: readonly MuxBody[]) =>
  aMuxProcessor(database.pool).process(events.map((event) => aMuxRecord(event)));
const at = (second: number) => `2026-03-01T10:00:0${second}Z`;

test.each([
  ['a clip', { source_asset_id: 'source' }],
  ['a replacement', {}],
  ['a live recording', { live_stream_id: 'stream', is_live: false }],
])('%s with the passthrough of a video neither takes it over nor fails it', async (_, kind) => {
  const asset = await anUpload();
  const other = { ...asset, assetId: 'other' };
  const data = { upload_id: undefined, ...kind };

  await process(anEvent('video.asset.errored', other, { data }));

  expect(await assetOf(asset)).toMatchObject({ status: 'awaiting-upload', mux_asset_id: null });
  expect(await count('notifications')).toBe(0);

  const ready = anEvent('video.asset.ready', asset);
  await process(ready, anEvent('video.asset.errored', other, { data }));

  expect(await assetOf(asset)).toMatchObject({
    status: 'ready',
    mux_asset_id: asset.assetId,
    binding: 'upload',
  });
  expect(await rowsOf('select kind from portal.notifications')).toEqual([{ kind: 'asset.ready' }]);
  expect(
    await rowsOf(`select status from portal.webhook_events where event_id = $1`, [ready.id]),
  ).toEqual([{ status: 'processed' }]);
});

test("an event of the video's own upload repairs a wrong binding", async () => {
  const asset = await anUpload();
  await database.pool.query(
    `update portal.assets
        set mux_asset_id = 'clip', status = 'failed', failure_reason = 'Not this video.',
            status_at = '2026-03-02', failed_at = '2026-03-02'
      where id = $1`,
    [asset.id],
  );

  await process(anEvent('video.asset.ready', asset, { created_at: at(1) }));

  expect(await assetOf(asset)).toMatchObject({
    status: 'ready',
    mux_asset_id: asset.assetId,
    mux_upload_id: asset.uploadId,
    failure_reason: null,
  });
  expect(
    await rowsOf(
      `select owner_id, status, failure_reason from portal.assets where mux_asset_id = 'clip'`,
    ),
  ).toEqual([{ owner_id: null, status: 'failed', failure_reason: 'Not this video.' }]);
  expect(await rowsOf('select kind from portal.notifications')).toEqual([{ kind: 'asset.ready' }]);
});

test("a clip's own event repairs a row that is bound to the clip", async () => {
  const asset = await anUpload();
  await database.pool.query(`update portal.assets set mux_asset_id = 'clip' where id = $1`, [
    asset.id,
  ]);
  const data = { upload_id: undefined, source_asset_id: 'source' };

  await process(anEvent('video.asset.errored', { ...asset, assetId: 'clip' }, { data }));

  expect(await assetOf(asset)).toMatchObject({ status: 'awaiting-upload', mux_asset_id: null });
  expect(await count('notifications')).toBe(0);
});

test('a row without an upload is bound to the earlier of two assets', async () => {
  const asset = await anUpload();
  await database.pool.query('update portal.assets set mux_upload_id = null where id = $1', [
    asset.id,
  ]);
  const data = { upload_id: undefined };
  const late = anEvent(
    'video.asset.errored',
    { ...asset, assetId: 'late' },
    { data, created_at: at(5) },
  );
  const early = anEvent(
    'video.asset.ready',
    { ...asset, assetId: 'early' },
    { data, created_at: at(2) },
  );

  await process(late);
  expect(await assetOf(asset)).toMatchObject({ status: 'failed', mux_asset_id: 'late' });
  await process(early);

  expect(await assetOf(asset)).toMatchObject({
    status: 'ready',
    mux_asset_id: 'early',
    binding: 'passthrough',
    failure_reason: null,
  });
  expect(
    await rowsOf(`select owner_id, status from portal.assets where mux_asset_id = 'late'`),
  ).toEqual([{ owner_id: null, status: 'failed' }]);
  expect(await count('assets')).toBe(2);
});

test('concurrent events of the right and the wrong assets end in the right binding', async () => {
  const assets = await Promise.all(Array.from({ length: 12 }, () => anUpload()));
  const wrongId = (id: string) => `wrong-${id}`;
  await Promise.all(
    assets.map(({ id }) =>
      database.pool.query('update portal.assets set mux_asset_id = $2 where id = $1', [
        id,
        wrongId(id),
      ]),
    ),
  );
  const events = assets.flatMap((asset) => [
    anEvent('video.asset.created', asset),
    anEvent('video.asset.ready', asset),
    anEvent(
      'video.asset.errored',
      { ...asset, assetId: wrongId(asset.id) },
      {
        data: { upload_id: undefined, source_asset_id: 'source' },
      },
    ),
    anEvent('video.upload.asset_created', asset),
  ]);
  const processor = aMuxProcessor(database.pool);
  const writers = [0, 1, 2, 3, 4, 5, 6, 7].map((writer) =>
    events.filter((_, index) => index % 8 === writer),
  );

  const retried = await Promise.all(
    writers.map((own) => processor.process(own.map((event) => aMuxRecord(event)))),
  );

  expect(retried.flat()).toEqual([]);
  expect(
    await rowsOf(`select status, mux_asset_id = 'asset-' || id as right, count(*)::int
                    from portal.assets where owner_id is not null group by 1, 2`),
  ).toEqual([{ status: 'ready', right: true, count: assets.length }]);
  expect(
    await rowsOf(`select count(*)::int from portal.assets where mux_asset_id like 'wrong-%'`),
  ).toEqual([{ count: assets.length }]);
  expect(
    await rowsOf(`select kind, count(*)::int from portal.notifications
                   where user_id in (select owner_id from portal.assets) group by kind`),
  ).toEqual([{ kind: 'asset.ready', count: assets.length }]);
});

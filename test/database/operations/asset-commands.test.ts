import { expect, test } from '@jest/globals';
import { makeAssetCommands } from '../../../lambdas/operations/commands/asset-commands.ts';
import { aMuxProcessor, aMuxRecord, type MuxBody } from '../../support/processor.ts';
import { anEvent, useMuxAssets } from '../../support/providers/mux-assets.ts';

const { anUpload, assetOf, count, database, rowsOf, users } = useMuxAssets();

const commands = makeAssetCommands({
  pool: async () => database.pool,
  now: () => new Date('2026-03-02T00:00:00Z'),
});
const process = (...events: readonly MuxBody[]) =>
  aMuxProcessor(database.pool).process(events.map((event) => aMuxRecord(event)));
const bind = (asset: string, muxAsset: string, dryRun = false) =>
  commands['assets bind']({ asset, muxAsset, dryRun, reason: 'replaced by hand' }, 'operator');
const withoutUpload = { data: { upload_id: undefined, passthrough: undefined } };

test.each(['id', 'assetId', 'uploadId'] as const)('shows a video by its %s', async (name) => {
  const asset = await anUpload();
  await process(anEvent('video.asset.ready', asset, { data: { playback_ids: [] } }));

  const shown = await commands['assets show']({ asset: asset[name] }, 'operator');

  expect(shown).toMatchObject({
    assets: [
      {
        id: asset.id,
        muxAssetId: asset.assetId,
        binding: 'upload',
        problems: ['ready-without-playback'],
        history: [{ type: 'video.asset.ready', toStatus: 'ready', applied: true }],
      },
    ],
  });
  expect(JSON.stringify(shown)).not.toContain('token=');
});

test.each(['unknown', '7f1c1f0e-8f4b-4f57-9c3c-2f2f6a8e3d41', '1 or 1=1'])(
  'answers that %s is not found',
  async (asset) => {
    await expect(commands['assets show']({ asset }, 'operator')).resolves.toBeUndefined();
  },
);

test('binds a deleted video to a new asset, which its owner is notified of once', async () => {
  const asset = await anUpload();
  await process(
    anEvent('video.asset.ready', asset, { created_at: '2026-03-01T10:00:00Z' }),
    anEvent('video.asset.deleted', asset, { created_at: '2026-03-01T11:00:00Z' }),
  );
  const replacement = { ...asset, assetId: 'again', uploadId: 'none' };
  await process(anEvent('video.asset.ready', replacement, withoutUpload));

  await expect(bind(asset.id, 'again', true)).resolves.toMatchObject({ outcome: 'would-bind' });
  expect(await assetOf(asset)).toMatchObject({ status: 'deleted' });
  await expect(bind(asset.id, 'again')).resolves.toMatchObject({
    outcome: 'bound',
    asset: { status: 'ready', binding: 'operator', problems: [] },
    detached: [{ muxAssetId: asset.assetId, status: 'deleted' }],
  });
  await expect(bind(asset.id, 'again')).resolves.toMatchObject({ outcome: 'already-bound' });

  expect(await assetOf(asset)).toMatchObject({
    status: 'ready',
    mux_asset_id: 'again',
    mux_upload_id: null,
    owner_id: users.ownerId,
    playback_url: expect.stringContaining('token='),
  });
  expect(await rowsOf('select kind from portal.notifications')).toEqual([
    { kind: 'asset.ready' },
    { kind: 'asset.ready' },
  ]);
  expect(
    await rowsOf(`select owner_id, status from portal.assets where mux_asset_id = $1`, [
      asset.assetId,
    ]),
  ).toEqual([{ owner_id: null, status: 'deleted' }]);
});

test('keeps the binding of an operator against later events of the old upload', async () => {
  const asset = await anUpload();
  await bind(asset.id, 'chosen');
  await process(
    anEvent('video.asset.ready', { ...asset, assetId: 'chosen' }, withoutUpload),
    anEvent('video.asset.errored', asset),
    anEvent('video.upload.errored', asset),
  );

  expect(await assetOf(asset)).toMatchObject({
    status: 'ready',
    mux_asset_id: 'chosen',
    binding: 'operator',
  });
  expect(await rowsOf('select kind from portal.notifications')).toEqual([{ kind: 'asset.ready' }]);
});

test('rejects an asset that another video holds, and a video that does not exist', async () => {
  const [asset, other] = [await anUpload(), await anUpload()];
  await process(anEvent('video.asset.ready', other));
  const assets = await count('assets');

  await expect(bind(asset.id, other.assetId)).resolves.toMatchObject({
    outcome: 'held-by-another-row',
    asset: { id: other.id },
  });
  for (const dryRun of [true, false])
    await expect(
      bind('7f1c1f0e-8f4b-4f57-9c3c-2f2f6a8e3d41', 'x', dryRun),
    ).resolves.toBeUndefined();
  expect(await count('assets')).toBe(assets);
});

test('says that nothing is known of an asset which no event has named', async () => {
  const asset = await anUpload();

  for (const dryRun of [true, false])
    await expect(bind(asset.id, 'mistyped', dryRun)).resolves.toMatchObject({
      note: expect.stringContaining('No event has named the asset mistyped yet, and Mux was not'),
    });
  await process(anEvent('video.asset.ready', { ...asset, assetId: 'known' }, withoutUpload));
  await expect(bind(asset.id, 'known')).resolves.not.toHaveProperty('note');
});

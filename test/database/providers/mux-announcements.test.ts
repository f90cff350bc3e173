import { describe, expect, test } from '@jest/globals';
import { aMuxProcessor, aMuxRecord, type MuxBody } from '../../support/processor.ts';
import { anEvent, type UploadedAsset, useMuxAssets } from '../../support/providers/mux-assets.ts';
import { useStdout } from '../../support/stdout.ts';

const { anUpload, assetOf, database, rowsOf, users } = useMuxAssets();
const stdout = useStdout();

const process = (...events: readonly MuxBody[]) =>
  aMuxProcessor(database.pool).process(events.map((event) => aMuxRecord(event)));
const at = (second: number) => `2026-03-01T10:00:0${second}Z`;
const ready = (asset: UploadedAsset, playback_ids: unknown, second: number) =>
  anEvent('video.asset.ready', asset, { created_at: at(second), data: { playback_ids } });
const updated = (asset: UploadedAsset, playback_ids: unknown, second: number) => ({
  ...ready(asset, playback_ids, second),
  type: 'video.asset.updated',
});
const kinds = async () =>
  (await rowsOf('select kind from portal.notifications order by kind, user_id')).map(
    ({ kind }) => kind,
  );
const domainEvents = async () =>
  (await rowsOf(`select type from portal.outbox where type like 'asset.%' order by type`)).map(
    ({ type }) => type,
  );

const signed = (id: string) => [{ id, policy: 'signed' }];
const open = (id: string) => [{ id, policy: 'public' }];

describe('a video that is ready', () => {
  test.each([
    ['no playback ids', undefined],
    ['null for playback ids', null],
    ['an empty list', []],
    ['only malformed entries', [null, {}, { id: 'p' }, { policy: 'signed' }]],
    ['only a DRM playback id', [{ id: 'p', policy: 'drm', drm_configuration_id: 'x' }]],
  ])('is stored but not announced with %s, and flagged', async (_, playbackIds) => {
    const asset = await anUpload();

    await process(ready(asset, playbackIds, 1));

    expect(await assetOf(asset)).toMatchObject({
      status: 'ready',
      playback_id: null,
      playback_url: null,
      ready_announced_at: null,
    });
    expect([await kinds(), await domainEvents()]).toEqual([[], []]);
    expect(stdout).toContainEqual(expect.objectContaining({ ReadyWithoutPlayback: 1 }));
    expect(stdout).toContainEqual(
      expect.objectContaining({ message: 'Asset is ready without a usable playback id' }),
    );
  });

  test('is announced once, when an update brings a playback id', async () => {
    const asset = await anUpload();
    await process(ready(asset, null, 1));

    await process(updated(asset, [null, { id: 'drm', policy: 'drm' }, ...signed('later')], 2));
    await process(updated(asset, signed('later'), 3), updated(asset, signed('another'), 4));

    expect(await assetOf(asset)).toMatchObject({
      playback_id: 'another',
      playback_url: expect.stringContaining('another'),
      ready_announced_at: new Date(at(2)),
    });
    expect([await kinds(), await domainEvents()]).toEqual([['asset.ready'], ['asset.ready']]);
  });

  test('follows a changed policy, and keeps no URL that does not play', async () => {
    const asset = await anUpload();
    await process(ready(asset, signed('closed'), 1));
    await process(updated(asset, open('open'), 2));
    expect(await assetOf(asset)).toMatchObject({
      playback_policy: 'public',
      playback_url: 'https://stream.mux.com/open.m3u8',
      playback_url_expires_at: null,
    });

    await process(updated(asset, signed('closed'), 3));
    expect((await assetOf(asset)).playback_url).toMatch(/closed\.m3u8\?token=/);

    await process(updated(asset, [], 4));
    expect(await assetOf(asset)).toMatchObject({
      status: 'ready',
      playback_id: null,
      playback_url: null,
      playback_url_expires_at: null,
    });

    await process(updated(asset, signed('closed'), 5));
    expect((await assetOf(asset)).playback_url).toMatch(/closed\.m3u8\?token=/);
    expect(await kinds()).toEqual(['asset.ready']);
  });

  test('ignores an update that arrives after a newer one', async () => {
    const asset = await anUpload();
    await process(updated(asset, open('new'), 5));
    await process(ready(asset, signed('old'), 1), updated(asset, signed('older'), 2));

    expect(await assetOf(asset)).toMatchObject({ playback_id: 'new', playback_policy: 'public' });
    expect(await kinds()).toEqual(['asset.ready']);
  });

  test('loses its URL when it is deleted or fails', async () => {
    const [deleted, failed] = [await anUpload(), await anUpload()];
    await process(ready(deleted, signed('d'), 1), ready(failed, signed('f'), 1));
    await process(
      anEvent('video.asset.deleted', deleted, { created_at: at(2) }),
      anEvent('video.asset.errored', failed, { created_at: at(2) }),
    );

    expect(await assetOf(deleted)).toMatchObject({ status: 'deleted', playback_url: null });
    expect(await assetOf(failed)).toMatchObject({ status: 'failed', playback_url: null });
  });
});

describe('an upload that never becomes a video', () => {
  const uploadErrored = (asset: UploadedAsset) =>
    anEvent('video.upload.errored', asset, { created_at: at(1), data: { asset_id: undefined } });
  const assetErrored = (asset: UploadedAsset) =>
    anEvent('video.asset.errored', asset, { created_at: at(2) });

  test.each([
    ['the upload first', [uploadErrored, assetErrored]],
    ['the asset first', [assetErrored, uploadErrored]],
    ['only the upload', [uploadErrored]],
    ['only the asset', [assetErrored]],
  ])('fails with a reason and notifies once, with %s', async (_, events) => {
    const asset = await anUpload();
    for (const event of events) await process(event(asset));

    expect(await assetOf(asset)).toMatchObject({
      status: 'failed',
      failure_reason: expect.stringMatching(/\w/),
    });
    expect(await kinds()).toEqual(['asset.failed', 'asset.failed.admin', 'asset.failed.admin']);
    expect(await domainEvents()).toEqual(['asset.failed']);
  });

  test('notifies once if both failures arrive in one batch', async () => {
    const asset = await anUpload();
    await process(assetErrored(asset), uploadErrored(asset));

    expect(await kinds()).toEqual(['asset.failed', 'asset.failed.admin', 'asset.failed.admin']);
  });

  test('is cancelled with a reason, and only its owner is notified, once', async () => {
    const asset = await anUpload();
    const cancelled = () => anEvent('video.upload.cancelled', asset, { data: { asset_id: null } });
    await process(cancelled());
    await process(cancelled());

    expect(await assetOf(asset)).toMatchObject({
      status: 'cancelled',
      failure_reason: 'The upload was cancelled.',
    });
    expect(await rowsOf('select kind, user_id from portal.notifications')).toEqual([
      { kind: 'asset.cancelled', user_id: users.ownerId },
    ]);
    expect(await domainEvents()).toEqual(['asset.cancelled']);
  });

  test('notifies the admins of a failure older than the binding', async () => {
    const asset = await anUpload();
    const withoutUpload = { data: { upload_id: undefined, passthrough: undefined } };
    await process(anEvent('video.asset.errored', asset, { created_at: at(2), ...withoutUpload }));
    expect(await kinds()).toEqual([]);

    await process(anEvent('video.asset.created', asset, { created_at: at(1) }));

    expect(await kinds()).toEqual(['asset.failed', 'asset.failed.admin', 'asset.failed.admin']);
  });
});

import { describe, expect, test } from '@jest/globals';
import { aMuxProcessor, aMuxRecord } from '../../support/processor.ts';
import { anEvent, useMuxAssets } from '../../support/providers/mux-assets.ts';

const { anUpload, assetOf, count, database, rowsOf, users } = useMuxAssets();

describe('an asset that becomes ready', () => {
  test('is playable, notified to its owner, recorded and published from one event', async () => {
    const asset = await anUpload();
    const processor = aMuxProcessor(database.pool);
    const event = anEvent('video.asset.ready', asset);

    await expect(processor.process([aMuxRecord(event)])).resolves.toEqual([]);

    const row = await assetOf(asset);
    expect(row).toMatchObject({
      status: 'ready',
      mux_asset_id: asset.assetId,
      duration_seconds: 12.5,
      playback_policy: 'signed',
    });
    expect(row.playback_url).toMatch(/^https:\/\/stream\.mux\.com\/[^?]+\.m3u8\?token=ey/);
    expect(row.playback_url_expires_at.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000);

    const [history] = await rowsOf('select * from portal.asset_events');
    expect(history).toMatchObject({
      asset_id: asset.id,
      from_status: 'awaiting-upload',
      to_status: 'ready',
      applied: true,
    });
    const [notification, ...others] = await rowsOf('select * from portal.notifications');
    expect(others).toEqual([]);
    expect(notification).toMatchObject({
      user_id: users.ownerId,
      kind: 'asset.ready',
      mail_status: 'pending',
      asset_id: asset.id,
    });
    const outbox = await rowsOf(
      'select * from portal.outbox where published_at is not null order by type',
    );
    expect(outbox.map(({ type }) => type)).toEqual(['asset.ready', 'notification.requested']);
    expect(processor.published.map(({ id }) => id).sort()).toEqual(
      outbox.map(({ id }) => id).sort(),
    );
    const [ledger] = await rowsOf('select * from portal.webhook_events');
    expect(ledger).toMatchObject({
      source: 'mux',
      event_id: event.id,
      status: 'processed',
      effects: { assetEvents: [history.id], notifications: [notification.id] },
    });
    // The ledger keeps the fields that a replay reads.
    const { id, type, created_at, data } = event;
    expect(JSON.parse(ledger.body)).toMatchObject({
      id,
      type,
      created_at,
      data: { id: data['id'] },
    });
    expect([...ledger.effects.outbox].sort()).toEqual(outbox.map(({ id }) => id).sort());
  });

  test('has an unsigned URL if its playback is public', async () => {
    const asset = await anUpload();
    await aMuxProcessor(database.pool).process([
      aMuxRecord(anEvent('video.asset.ready.public', asset)),
    ]);

    expect(await assetOf(asset)).toMatchObject({
      playback_url: expect.stringMatching(/\.m3u8$/),
      playback_url_expires_at: null,
    });
  });

  test('stays ready when created arrives later, which is recorded as not applied', async () => {
    const asset = await anUpload();
    const processor = aMuxProcessor(database.pool);
    await processor.process([aMuxRecord(anEvent('video.asset.ready', asset))]);
    const before = await assetOf(asset);

    await processor.process([
      aMuxRecord(anEvent('video.asset.created', asset, { created_at: '2020-01-01T00:00:00Z' })),
    ]);

    expect({ ...(await assetOf(asset)), updated_at: 0 }).toEqual({ ...before, updated_at: 0 });
    expect(await rowsOf('select applied from portal.asset_events order by recorded_at')).toEqual([
      { applied: true },
      { applied: false },
    ]);
    expect(await count('notifications')).toBe(1);
  });

  test('has its whole history in order, for any order of events in the batch', async () => {
    const asset = await anUpload();
    const events = [
      anEvent('video.asset.ready', asset, { created_at: '2026-03-01T10:00:03Z' }),
      anEvent('video.asset.created', asset, { created_at: '2026-03-01T10:00:02Z' }),
      anEvent('video.upload.asset_created', asset, { created_at: '2026-03-01T10:00:01Z' }),
    ];

    await aMuxProcessor(database.pool).process(events.map((event) => aMuxRecord(event)));

    const history = await rowsOf(
      'select from_status, to_status from portal.asset_events order by occurred_at',
    );
    expect(history).toEqual([
      { from_status: 'awaiting-upload', to_status: 'processing' },
      { from_status: 'processing', to_status: 'processing' },
      { from_status: 'processing', to_status: 'ready' },
    ]);
  });
});

test('notifies the owner and every admin of a failure with the reason of Mux', async () => {
  const asset = await anUpload();
  await aMuxProcessor(database.pool).process([aMuxRecord(anEvent('video.asset.errored', asset))]);

  expect(await assetOf(asset)).toMatchObject({
    status: 'failed',
    playback_url: null,
    failure_reason: expect.stringMatching(/./),
  });
  const notifications = await rowsOf('select user_id, kind, params from portal.notifications');
  expect(notifications.map(({ user_id, kind }) => `${kind} ${user_id}`).sort()).toEqual(
    [
      `asset.failed ${users.ownerId}`,
      ...users.adminIds.map((id) => `asset.failed.admin ${id}`),
    ].sort(),
  );
  expect(notifications.every(({ params }) => params.reason.length > 0)).toBe(true);
  expect(notifications.find(({ kind }) => kind === 'asset.failed.admin')?.params.ownerName).toBe(
    'Olga',
  );
});

test('notifies an admin once about a failure of an own asset', async () => {
  const asset = await anUpload({ owner: users.adminIds[0] as string });
  await aMuxProcessor(database.pool).process([aMuxRecord(anEvent('video.asset.errored', asset))]);

  expect(
    await rowsOf('select kind from portal.notifications where user_id = $1', [users.adminIds[0]]),
  ).toEqual([{ kind: 'asset.failed' }]);
});

test('stores an unknown asset and merges it once an event names its passthrough', async () => {
  const asset = await anUpload();
  const processor = aMuxProcessor(database.pool);
  const unknown = anEvent('video.asset.ready', asset, {
    data: { upload_id: undefined, passthrough: undefined },
  });
  await processor.process([aMuxRecord(unknown)]);
  expect(
    await rowsOf('select owner_id, status from portal.assets where mux_asset_id = $1', [
      asset.assetId,
    ]),
  ).toEqual([{ owner_id: null, status: 'ready' }]);

  await processor.process([
    aMuxRecord(anEvent('video.asset.created', asset, { created_at: '2020-01-01T00:00:00Z' })),
  ]);

  expect(await count('assets')).toBe(1);
  expect(await assetOf(asset)).toMatchObject({
    status: 'ready',
    owner_id: users.ownerId,
    mux_asset_id: asset.assetId,
  });
  expect(await rowsOf('select distinct asset_id from portal.asset_events')).toEqual([
    { asset_id: asset.id },
  ]);
  expect(await rowsOf('select kind, user_id from portal.notifications')).toEqual([
    { kind: 'asset.ready', user_id: users.ownerId },
  ]);
});

test('keeps a second asset with the same passthrough apart', async () => {
  const asset = await anUpload();
  const processor = aMuxProcessor(database.pool);
  await processor.process([aMuxRecord(anEvent('video.asset.ready', asset))]);
  const clip = anEvent(
    'video.asset.errored',
    { ...asset, assetId: 'a-clip' },
    { data: { upload_id: undefined } },
  );

  await processor.process([aMuxRecord(clip)]);

  expect(await assetOf(asset)).toMatchObject({ status: 'ready' });
  expect(
    await rowsOf(`select owner_id, status from portal.assets where mux_asset_id = 'a-clip'`),
  ).toEqual([{ owner_id: null, status: 'failed' }]);
});

test('keeps a second upload with the same passthrough apart', async () => {
  const asset = await anUpload();
  const other = anEvent(
    'video.upload.cancelled',
    { ...asset, uploadId: 'another' },
    { data: { asset_id: undefined } },
  );

  await aMuxProcessor(database.pool).process([aMuxRecord(other)]);

  expect(await assetOf(asset)).toMatchObject({
    status: 'awaiting-upload',
    mux_upload_id: asset.uploadId,
  });
  expect(
    await rowsOf(`select owner_id, status from portal.assets where mux_upload_id = 'another'`),
  ).toEqual([{ owner_id: null, status: 'cancelled' }]);
});

import { expect, test } from '@jest/globals';
import { domainEvents } from '../../../lambdas/catalog/domain-events.ts';
import { renderMail } from '../../../lambdas/notifications/render-mail.ts';
import { makeCleanUpAssets } from '../../../lambdas/uploads/clean-up-assets.ts';
import { aMuxProcessor, aMuxRecord } from '../../support/processor.ts';
import { anEvent, useMuxAssets } from '../../support/providers/mux-assets.ts';

const { anUpload, assetOf, database, rowsOf, users } = useMuxAssets();

const due = new Date('2026-03-01T12:00:00Z');
const cleanUp = makeCleanUpAssets({ pool: async () => database.pool, now: () => due });
const aRun = { scheduledAt: due, remainingMs: () => 3_600_000 };
const anUploadCreated = async (minutesAgo: number) => {
  const asset = await anUpload();
  await database.pool.query('update portal.assets set created_at = $2 where id = $1', [
    asset.id,
    new Date(due.getTime() - minutesAgo * 60_000),
  ]);
  return asset;
};

test('cancels an upload an hour after its URL expired, with a reason and one mail', async () => {
  const late = await anUploadCreated(121);
  const early = await anUploadCreated(119);

  await expect(cleanUp(aRun)).resolves.toEqual({
    UploadsTimedOut: 1,
    PlaybackUrlsExpired: 0,
    UploadsRemaining: 0,
  });
  await cleanUp(aRun);

  expect(await assetOf(late)).toMatchObject({
    status: 'cancelled',
    failure_reason: 'No file was uploaded before the upload link expired.',
    status_at: new Date(due.getTime() - 61 * 60_000),
  });
  expect(await assetOf(early)).toMatchObject({ status: 'awaiting-upload' });
  const notifications = await rowsOf('select user_id, kind, params from portal.notifications');
  expect(notifications).toEqual([
    { user_id: users.ownerId, kind: 'asset.cancelled', params: expect.any(Object) },
  ]);
  const mail = await renderMail('asset.cancelled', notifications[0].params, 'https://p.example');
  expect(mail).toMatchObject({
    outcome: 'rendered',
    mail: { text: expect.stringContaining('No file was uploaded') },
  });
  const outbox = await rowsOf('select type, detail from portal.outbox order by type');
  expect(outbox.map(({ type }) => type)).toEqual(['asset.cancelled', 'notification.requested']);
  expect(domainEvents['asset.cancelled'].safeParse(outbox[0].detail)).toMatchObject({
    success: true,
  });
  expect(await rowsOf('select from_status, to_status, type from portal.asset_events')).toEqual([
    { from_status: 'awaiting-upload', to_status: 'cancelled', type: 'upload.timed-out' },
  ]);
});

test('waits for the expiry that the row names, whatever the setting is now', async () => {
  const hoursFromDue = (hours: number) => new Date(due.getTime() + hours * 3_600_000);
  const urls = { long: await anUploadCreated(600), short: await anUploadCreated(90) };
  const expires = async (asset: typeof urls.long, at: Date) =>
    database.pool.query('update portal.assets set upload_expires_at = $2 where id = $1', [
      asset.id,
      at,
    ]);
  await expires(urls.long, hoursFromDue(5));
  await expires(urls.short, hoursFromDue(-1.1));

  await expect(cleanUp(aRun)).resolves.toMatchObject({ UploadsTimedOut: 1, UploadsRemaining: 0 });
  expect(await assetOf(urls.long)).toMatchObject({ status: 'awaiting-upload' });
  expect(await assetOf(urls.short)).toMatchObject({
    status: 'cancelled',
    status_at: hoursFromDue(-1.1),
  });
});

test.each(['processing', 'ready', 'failed', 'cancelled', 'deleted'])(
  'leaves a video alone that is %s',
  async (status) => {
    const asset = await anUploadCreated(500);
    await database.pool.query('update portal.assets set status = $2 where id = $1', [
      asset.id,
      status,
    ]);

    await expect(cleanUp(aRun)).resolves.toMatchObject({ UploadsTimedOut: 0 });
  },
);

test('a cancelled upload whose event arrives late becomes ready and is announced', async () => {
  const asset = await anUploadCreated(500);
  await cleanUp(aRun);

  await aMuxProcessor(database.pool).process([aMuxRecord(anEvent('video.asset.ready', asset))]);

  expect(await assetOf(asset)).toMatchObject({ status: 'ready' });
  expect(await rowsOf('select kind from portal.notifications order by kind')).toEqual([
    { kind: 'asset.cancelled' },
    { kind: 'asset.ready' },
  ]);
});

test('notifies once if Mux cancels the upload after the job did', async () => {
  const asset = await anUploadCreated(500);
  await cleanUp(aRun);

  await aMuxProcessor(database.pool).process([
    aMuxRecord(anEvent('video.upload.cancelled', asset, { data: { asset_id: null } })),
    aMuxRecord(anEvent('video.upload.errored', asset, { data: { asset_id: null } })),
  ]);

  expect(await rowsOf('select kind from portal.notifications')).toEqual([
    { kind: 'asset.cancelled' },
  ]);
});

test('cancels each upload once when two runs overlap', async () => {
  for (let index = 0; index < 20; index += 1) await anUploadCreated(500);

  const runs = await Promise.all([cleanUp(aRun), cleanUp(aRun), cleanUp(aRun)]);

  expect(runs.reduce((sum, { UploadsTimedOut = 0 }) => sum + UploadsTimedOut, 0)).toBe(20);
  expect(await rowsOf('select count(*)::int from portal.notifications')).toEqual([{ count: 20 }]);
});

test('removes a playback URL that no longer plays, and no other', async () => {
  const [expired, valid] = [await anUpload(), await anUpload()];
  for (const [asset, hours] of [
    [expired, 0],
    [valid, 1],
  ] as const)
    await database.pool.query(
      `update portal.assets
          set status = 'ready', playback_id = 'p', playback_policy = 'signed',
              playback_url = 'https://stream.mux.com/p.m3u8?token=t', playback_url_expires_at = $2
        where id = $1`,
      [asset.id, new Date(due.getTime() + hours * 3_600_000)],
    );

  await expect(cleanUp(aRun)).resolves.toMatchObject({ PlaybackUrlsExpired: 1 });

  expect(await assetOf(expired)).toMatchObject({
    status: 'ready',
    playback_id: 'p',
    playback_url: null,
    playback_url_expires_at: null,
  });
  expect((await assetOf(valid)).playback_url).not.toBeNull();
});

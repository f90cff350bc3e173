import { expect, test } from '@jest/globals';
import { makeRunCommand } from '../../cli/ops/operations-client.ts';
import { addAsset } from '../../local/postgres/sample-portal.ts';
import { type MuxAsset, muxEvent, muxId } from '../../local/sandbox/mux-events.ts';
import { eventually } from '../support/eventually.ts';
import { deliver, eventOf, useLocal } from '../support/local.ts';

const local = useLocal();

const operate = (command: string, given: object) =>
  makeRunCommand({ url: local().url, region: 'ap-southeast-2', isLocal: true })({
    command,
    arguments: given,
  } as never);

const rowOf = async ({ passthrough }: MuxAsset) =>
  (await local().pool.query('select * from portal.assets where id = $1', [passthrough])).rows[0];
const mailsAbout = ({ title }: MuxAsset) =>
  local()
    .resend.mails()
    .filter(({ subject }) => subject.includes(title));
const send = (type: string, asset: MuxAsset, changes: Readonly<Record<string, unknown>> = {}) =>
  deliver(local(), muxEvent(type, asset, new Date(), changes));

test.each([
  ['a clip', { source_asset_id: muxId('source') }],
  ['a replacement', {}],
  ['a live recording', { live_stream_id: muxId('stream') }],
])('%s that carries the passthrough of a video does not touch it', async (kind, changes) => {
  const asset = await addAsset(local().pool, { title: `Original of ${kind}` });
  const other = { ...asset, assetId: muxId(`other ${kind}`) };
  const otherData = { ...changes, upload_id: undefined };

  await send('video.asset.errored', other, otherData);
  await send('video.asset.ready', other, otherData);
  expect(await rowOf(asset)).toMatchObject({ status: 'awaiting-upload', mux_asset_id: null });
  expect(mailsAbout(asset)).toEqual([]);

  const { ledger } = await send('video.asset.ready', asset);
  expect(ledger).toMatchObject({ status: 'processed', error_code: null });
  expect(await rowOf(asset)).toMatchObject({ status: 'ready', mux_asset_id: asset.assetId });
  expect(mailsAbout(asset)).toHaveLength(1);
});

test('a video with only a DRM playback id is announced after an update with another', async () => {
  const asset = await addAsset(local().pool, { status: 'processing', title: 'Licensed cut' });
  const drm = [{ id: 'drmOne', policy: 'drm' }];

  await send('video.asset.ready', asset, { playback_ids: drm });
  expect(mailsAbout(asset)).toEqual([]);
  await expect(operate('assets show', { asset: asset.assetId })).resolves.toMatchObject({
    assets: [{ id: asset.passthrough, problems: ['ready-without-playback'] }],
  });

  const playable = [null, ...drm, { id: 'open', policy: 'public' }];
  const { domainEvents } = await send('video.asset.updated', asset, { playback_ids: playable });
  expect(domainEvents.map((event) => event['detail-type'])).toContain('asset.ready');
  await send('video.asset.updated', asset, {
    playback_ids: [{ id: 'closed', policy: 'signed' }],
  });
  expect(mailsAbout(asset)).toHaveLength(1);
  expect((await rowOf(asset)).playback_url).toContain('closed.m3u8?token=');

  await send('video.asset.updated', asset, { playback_ids: [] });
  expect(await rowOf(asset)).toMatchObject({ playback_id: null, playback_url: null });
});

test('a failed upload fails its video, and its owner gets one mail for both events', async () => {
  const asset = await addAsset(local().pool, { title: 'Broken reel' });

  await send('video.upload.errored', asset);
  await send('video.asset.errored', asset);

  expect(await rowOf(asset)).toMatchObject({
    status: 'failed',
    failure_reason: expect.stringMatching(/\w/),
  });
  const owners = mailsAbout(asset).filter(({ subject }) => subject.endsWith('processed'));
  expect(owners).toHaveLength(1);
});

test('an upload whose URL expired is cancelled, and its owner gets one mail', async () => {
  const asset = await addAsset(local().pool, { title: 'Forgotten take' });
  await local().pool.query(
    `update portal.assets set created_at = now() - interval '3 hours' where id = $1`,
    [asset.passthrough],
  );

  await operate('jobs run', { name: 'clean-up-assets', reason: 'test of the job' });
  await eventually(
    () => rowOf(asset),
    ({ status }) => status === 'cancelled',
  );
  await local().pool.query(
    `update portal.outbox set created_at = created_at - interval '1 minute'`,
  );
  await operate('jobs run', { name: 'relay-outbox', reason: 'test of the job' });

  const mails = await eventually(
    () => mailsAbout(asset),
    ({ length }) => length > 0,
  );
  expect(mails).toMatchObject([{ text: expect.stringContaining('upload link expired') }]);
});

test('an operator creates a deleted video again, with an entry in the audit log', async () => {
  const asset = await addAsset(local().pool, { status: 'processing', title: 'Second life' });
  await send('video.asset.ready', asset);
  await send('video.asset.deleted', asset);
  expect(await rowOf(asset)).toMatchObject({ status: 'deleted', playback_url: null });
  const again = { ...asset, assetId: muxId('second life'), passthrough: '' };
  await send('video.asset.ready', again, { upload_id: undefined });

  const bound = await operate('assets bind', {
    asset: asset.passthrough,
    muxAsset: again.assetId,
    reason: 'created again on purpose',
  });

  expect(bound).toMatchObject({ outcome: 'bound', asset: { status: 'ready' } });
  expect(await rowOf(asset)).toMatchObject({ status: 'ready', mux_asset_id: again.assetId });
  const { rows } = await local().pool.query(
    `select reason from portal.operator_actions where command = 'assets bind'`,
  );
  expect(rows).toEqual([{ reason: 'created again on purpose' }]);
});

test('no key of a live stream is stored', async () => {
  const asset = await addAsset(local().pool);
  const event = eventOf(asset, 'video.live_stream.updated');
  const { ledger } = await deliver(local(), event);

  expect(ledger).toMatchObject({ status: 'ignored' });
  const { rows } = await local().pool.query(
    'select body from portal.webhook_events where event_id = $1',
    [event.id],
  );
  expect(JSON.parse(rows[0].body)).toMatchObject({ data: { status: 'idle' } });
  expect(rows[0].body).not.toContain(event.data['stream_key']);
  expect(rows[0].body).not.toContain(event.data['srt_passphrase']);
});

import { describe, expect, test } from '@jest/globals';
import { addAsset, members } from '../../local/postgres/sample-portal.ts';
import { muxId } from '../../local/sandbox/mux-events.ts';
import {
  countEffects,
  deliver,
  eventOf,
  eventsOf,
  useLocal,
  waitForEmptyQueues,
} from '../support/local.ts';

const local = useLocal();

describe('a video that Mux makes ready', () => {
  test('gets a playback URL, and its owner gets one mail', async () => {
    const muxAsset = await addAsset(local().pool, { owner: members.mira, title: 'Night shoot' });
    const types = ['video.upload.asset_created', 'video.asset.created', 'video.asset.ready'];
    const states: (string | undefined)[] = [];
    for (const event of eventsOf(muxAsset, ...types))
      states.push((await deliver(local(), event)).asset?.status);
    expect(states).toEqual(['processing', 'processing', 'ready']);

    const second = await addAsset(local().pool, {
      owner: members.mira,
      title: 'Day shoot',
      status: 'processing',
    });
    const { ledger, asset, mails, domainEvents } = await deliver(
      local(),
      eventOf(second, 'video.asset.ready'),
    );
    expect(ledger).toMatchObject({ status: 'processed', attempts: 1, error_code: null });
    expect(asset?.playback_url).toMatch(
      /^https:\/\/stream\.mux\.com\/\w+\.m3u8\?token=ey[\w-]+\.[\w-]+\.[\w-]+$/,
    );
    expect(mails).toMatchObject([
      { to: [members.mira.email], subject: expect.stringContaining('Day shoot') },
    ]);
    expect(domainEvents.map((event) => event['detail-type']).sort()).toEqual([
      'asset.ready',
      'notification.requested',
    ]);
  });

  test('is announced by a mail with HTML and text', async () => {
    const muxAsset = await addAsset(local().pool, { title: 'Both ways', status: 'processing' });
    const { mails } = await deliver(local(), eventOf(muxAsset, 'video.asset.ready'));
    expect(mails).toMatchObject([
      { html: expect.stringContaining('Both ways'), text: expect.stringContaining('Both ways') },
    ]);
  });
});

test('the owner and all admins get a mail about a failed video, with the reason', async () => {
  const muxAsset = await addAsset(local().pool, {
    owner: members.tom,
    title: 'Shopping list',
    status: 'processing',
  });
  const { asset, mails, domainEvents } = await deliver(
    local(),
    eventOf(muxAsset, 'video.asset.errored'),
  );
  expect(asset).toMatchObject({
    status: 'failed',
    failure_reason: expect.stringContaining('not a video'),
  });
  const recipients = mails.flatMap(({ to }) => to).sort();
  expect(recipients).toEqual([members.ines.email, members.raj.email, members.tom.email].sort());
  expect(domainEvents.map((event) => event['detail-type'])).toContain('asset.failed');
});

test('an event delivered three times has one effect and one mail', async () => {
  const muxAsset = await addAsset(local().pool, { status: 'processing' });
  const event = eventOf(muxAsset, 'video.asset.ready');
  for (const earlierAttempts of [0, 1, 2]) await deliver(local(), event, { earlierAttempts });
  expect(await waitForEmptyQueues(local())).toEqual([]);
  expect(await countEffects(local(), [event.id])).toEqual({
    ledger: 1,
    assetEvents: 1,
    notifications: 1,
    mails: 1,
  });
});

test('twenty parallel deliveries of one event have one effect and one mail', async () => {
  const muxAsset = await addAsset(local().pool, { status: 'processing' });
  const event = eventOf(muxAsset, 'video.asset.ready');
  const responses = await Promise.all(
    Array.from({ length: 20 }, (_, earlierAttempts) =>
      local().mux.deliver(event, { earlierAttempts }),
    ),
  );
  expect(new Set(responses.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  await deliver(local(), event);
  expect(await waitForEmptyQueues(local())).toEqual([]);
  expect(await countEffects(local(), [event.id])).toEqual({
    ledger: 1,
    assetEvents: 1,
    notifications: 1,
    mails: 1,
  });
});

test('a forged event is answered 400 and has no effect', async () => {
  const muxAsset = await addAsset(local().pool, { status: 'processing' });
  const event = eventOf(muxAsset, 'video.asset.ready');
  expect(await local().mux.deliver(event, { forged: true })).toMatchObject({ statusCode: 400 });
  expect(await waitForEmptyQueues(local())).toEqual([]);
  expect(await countEffects(local(), [event.id])).toEqual({
    ledger: 0,
    assetEvents: 0,
    notifications: 0,
    mails: 0,
  });
});

test('an event signed an hour ago is answered 400', async () => {
  const muxAsset = await addAsset(local().pool, { status: 'processing' });
  const signedAt = new Date(Date.now() - 3_600_000);
  expect(
    await local().mux.deliver(eventOf(muxAsset, 'video.asset.ready'), { signedAt }),
  ).toMatchObject({
    statusCode: 400,
  });
});

test('an event that arrives after a newer one is recorded and changes nothing', async () => {
  const muxAsset = await addAsset(local().pool);
  const [created, ready] = eventsOf(muxAsset, 'video.asset.created', 'video.asset.ready');
  if (created === undefined || ready === undefined) throw new Error('Expected two events.');
  expect((await deliver(local(), ready)).asset?.status).toBe('ready');
  const { ledger, asset, mails } = await deliver(local(), created);
  expect(ledger?.status).toBe('processed');
  expect(asset).toMatchObject({ applied: false, status: 'ready' });
  expect(mails).toEqual([]);
});

test('a cancelled upload cancels its video', async () => {
  const muxAsset = await addAsset(local().pool);
  expect((await deliver(local(), eventOf(muxAsset, 'video.upload.cancelled'))).asset?.status).toBe(
    'cancelled',
  );
});

test('an event of a type that the portal does not use is recorded as ignored', async () => {
  const muxAsset = await addAsset(local().pool, { status: 'ready' });
  const { ledger, asset } = await deliver(
    local(),
    eventOf(muxAsset, 'video.asset.static_rendition.ready'),
  );
  expect(ledger?.status).toBe('ignored');
  expect(asset).toBeUndefined();
});

test('an unknown asset is stored without an owner, and no mail is sent', async () => {
  const unknownAsset = {
    uploadId: muxId('unknown upload'),
    assetId: muxId('unknown'),
    passthrough: '',
    title: 'Stray',
    creatorId: '',
  };
  const { ledger, asset, mails } = await deliver(
    local(),
    eventOf(unknownAsset, 'video.asset.ready'),
  );
  expect(ledger?.status).toBe('processed');
  expect(asset).toMatchObject({ status: 'ready' });
  expect(mails).toEqual([]);
  const { rows } = await local().pool.query(
    'select owner_id from portal.assets where mux_asset_id = $1::text',
    [unknownAsset.assetId],
  );
  expect(rows).toEqual([{ owner_id: null }]);
});

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

describe('a film that Mux makes ready', () => {
  test('goes from its upload to a playback URL and one mail to its owner', async () => {
    const film = await addAsset(local().pool, { owner: members.mira, title: 'Night shoot' });
    const types = ['video.upload.asset_created', 'video.asset.created', 'video.asset.ready'];
    const states: (string | undefined)[] = [];
    for (const event of eventsOf(film, ...types))
      states.push((await deliver(local(), event)).asset?.status);
    expect(states).toEqual(['processing', 'processing', 'ready']);

    const again = await addAsset(local().pool, {
      owner: members.mira,
      title: 'Day shoot',
      status: 'processing',
    });
    const { ledger, asset, mails, domainEvents } = await deliver(
      local(),
      eventOf(again, 'video.asset.ready'),
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

  test('is mailed as HTML and as text', async () => {
    const film = await addAsset(local().pool, { title: 'Both ways', status: 'processing' });
    const { mails } = await deliver(local(), eventOf(film, 'video.asset.ready'));
    expect(mails).toMatchObject([
      { html: expect.stringContaining('Both ways'), text: expect.stringContaining('Both ways') },
    ]);
  });
});

test('a film that fails is told to its owner and to every admin, with the reason that Mux gives', async () => {
  const film = await addAsset(local().pool, {
    owner: members.tom,
    title: 'Shopping list',
    status: 'processing',
  });
  const { asset, mails, domainEvents } = await deliver(
    local(),
    eventOf(film, 'video.asset.errored'),
  );
  expect(asset).toMatchObject({
    status: 'failed',
    failure_reason: expect.stringContaining('not a video'),
  });
  const recipients = mails.flatMap(({ to }) => to).sort();
  expect(recipients).toEqual([members.ines.email, members.raj.email, members.tom.email].sort());
  expect(domainEvents.map((event) => event['detail-type'])).toContain('asset.failed');
});

test('an event that comes three times has one effect and one mail', async () => {
  const film = await addAsset(local().pool, { status: 'processing' });
  const event = eventOf(film, 'video.asset.ready');
  for (const earlierAttempts of [0, 1, 2]) await deliver(local(), event, { earlierAttempts });
  expect(await waitForEmptyQueues(local())).toEqual([]);
  expect(await countEffects(local(), [event.id])).toEqual({
    ledger: 1,
    assetEvents: 1,
    notifications: 1,
    mails: 1,
  });
});

test('twenty deliveries of one event at once have one effect and one mail', async () => {
  const film = await addAsset(local().pool, { status: 'processing' });
  const event = eventOf(film, 'video.asset.ready');
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, earlierAttempts) =>
      local().mux.deliver(event, { earlierAttempts }),
    ),
  );
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  await deliver(local(), event);
  expect(await waitForEmptyQueues(local())).toEqual([]);
  expect(await countEffects(local(), [event.id])).toEqual({
    ledger: 1,
    assetEvents: 1,
    notifications: 1,
    mails: 1,
  });
});

test('a forged event is answered 400 and leaves no trace', async () => {
  const film = await addAsset(local().pool, { status: 'processing' });
  const event = eventOf(film, 'video.asset.ready');
  expect(await local().mux.deliver(event, { forged: true })).toMatchObject({ statusCode: 400 });
  expect(await waitForEmptyQueues(local())).toEqual([]);
  expect(await countEffects(local(), [event.id])).toEqual({
    ledger: 0,
    assetEvents: 0,
    notifications: 0,
    mails: 0,
  });
});

test('an event that was signed an hour ago is answered 400', async () => {
  const film = await addAsset(local().pool, { status: 'processing' });
  const signedAt = new Date(Date.now() - 3_600_000);
  expect(await local().mux.deliver(eventOf(film, 'video.asset.ready'), { signedAt })).toMatchObject(
    {
      statusCode: 400,
    },
  );
});

test('an event that comes after a later one is recorded and changes nothing', async () => {
  const film = await addAsset(local().pool);
  const [created, ready] = eventsOf(film, 'video.asset.created', 'video.asset.ready');
  if (created === undefined || ready === undefined) throw new Error('Two types make two events.');
  expect((await deliver(local(), ready)).asset?.status).toBe('ready');
  const { ledger, asset, mails } = await deliver(local(), created);
  expect(ledger?.status).toBe('processed');
  expect(asset).toMatchObject({ applied: false, status: 'ready' });
  expect(mails).toEqual([]);
});

test('an upload that is cancelled cancels its film', async () => {
  const film = await addAsset(local().pool);
  expect((await deliver(local(), eventOf(film, 'video.upload.cancelled'))).asset?.status).toBe(
    'cancelled',
  );
});

test('an event that the portal does not act on is recorded as ignored', async () => {
  const film = await addAsset(local().pool, { status: 'ready' });
  const { ledger, asset } = await deliver(
    local(),
    eventOf(film, 'video.asset.static_rendition.ready'),
  );
  expect(ledger?.status).toBe('ignored');
  expect(asset).toBeUndefined();
});

test('an asset that nobody knows is kept without an owner, and nobody is mailed', async () => {
  const stranger = {
    uploadId: muxId('stranger upload'),
    assetId: muxId('stranger'),
    passthrough: '',
    title: 'Stray',
    creatorId: '',
  };
  const { ledger, asset, mails } = await deliver(local(), eventOf(stranger, 'video.asset.ready'));
  expect(ledger?.status).toBe('processed');
  expect(asset).toMatchObject({ status: 'ready' });
  expect(mails).toEqual([]);
  const { rows } = await local().pool.query(
    'select owner_id from portal.assets where mux_asset_id = $1::text',
    [stranger.assetId],
  );
  expect(rows).toEqual([{ owner_id: null }]);
});

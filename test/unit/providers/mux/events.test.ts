import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { appliedMuxTypes, parseMuxEvent } from '../../../../lambdas/providers/mux/events.ts';
import { PermanentError } from '../../../../lambdas/webhooks/failures.ts';
import { muxFixture } from '../../../support/providers/mux.ts';
import { anyCharacter } from '../../../support/texts/any-character.ts';

const fixture = (name: string) => JSON.parse(muxFixture(name).toString());
const parse = (body: { type: string }) => parseMuxEvent('event-1', body.type, JSON.stringify(body));
const parseFixture = (name: string) => parse(fixture(name));

const portalId = '5c0e7a52-4f1b-4a3e-9d7c-1b2f6a8e3d40';
const assetId = 'coO38Eu2E1sp8mmwlO9irrQfWFrGjIUnA23PAKkQWF0o';
const uploadId = 'NemVaEORxEfzuZNoiXXk5KbrchVHcFo68cDhUmpp964ryw';

test('parses every field of a ready asset', () => {
  expect(parseFixture('video.asset.ready')).toEqual({
    eventId: 'event-1',
    type: 'video.asset.ready',
    occurredAt: expect.any(Date),
    asset: { assetId, uploadId, portalId },
    derived: false,
    target: 'ready',
    playbackIds: [{ id: 'gK8iCYdK2UHsRamvfRRkMd6xIuIuGglY3unvYTfmBx2akW', policy: 'signed' }],
    durationSeconds: 12.5,
    aspectRatio: '16:9',
    failureReason: null,
  });
});

test.each([
  ['video.asset.created', 'processing', assetId],
  ['video.asset.deleted', 'deleted', assetId],
  ['video.upload.asset_created', 'processing', assetId],
  ['video.upload.cancelled', 'cancelled', null],
  ['video.upload.errored', 'failed', assetId],
])('maps %s to %s', (name, target, id) => {
  expect(parseFixture(name)).toMatchObject({ target, asset: { assetId: id } });
});

test('identifies an upload event by the upload id and the passthrough of the future asset', () => {
  const body = fixture('video.upload.asset_created');
  body.data.new_asset_settings = { passthrough: portalId };

  expect(parse(body)?.asset).toEqual({
    uploadId: body.data.id,
    assetId: body.data.asset_id,
    portalId,
  });
});

test('reads the failure reason of Mux', () => {
  const { errors } = fixture('video.asset.errored').data;

  expect(errors.messages).not.toEqual([]);
  expect(parseFixture('video.asset.errored')?.failureReason).toBe(errors.messages.join(' '));
});

test.each([
  [{ type: 'invalid_input', messages: [] }, 'invalid_input'],
  [undefined, 'Mux gave no reason.'],
  ['something new', 'Mux gave no reason.'],
])('returns a failure reason for the errors %j', (errors, reason) => {
  const body = fixture('video.asset.errored');

  expect(parse({ ...body, data: { ...body.data, errors } })?.failureReason).toBe(reason);
});

test('parses every fixture of an applied type and ignores every other', () => {
  const names = readdirSync(new URL('../../../fixtures/mux/', import.meta.url)).map((file) =>
    file.replace('.json', ''),
  );

  expect(names).not.toEqual([]);
  for (const name of names) {
    const applied = appliedMuxTypes.includes(fixture(name).type);
    expect([name, parseFixture(name) !== undefined]).toEqual([name, applied]);
  }
});

test.each(['constructor', 'toString', '__proto__', 'video.asset.warning'])(
  'ignores the type %s',
  (type) => {
    expect(parseMuxEvent('event-1', type, '{}')).toBeUndefined();
  },
);

test.each([
  ['no created_at', (body: Record<string, unknown>) => ({ ...body, created_at: undefined })],
  [
    'an invalid created_at',
    (body: Record<string, unknown>) => ({ ...body, created_at: 'yesterday' }),
  ],
  ['no id', (body: Record<string, unknown>) => ({ ...body, data: {} })],
  ['no data', (body: Record<string, unknown>) => ({ ...body, data: null })],
])('throws a PermanentError for an event with %s', (_, breakBody) => {
  expect(() => parse(breakBody(fixture('video.asset.ready')) as never)).toThrow(PermanentError);
});

test('ignores a passthrough that is not a UUID', () => {
  const body = fixture('video.asset.ready');

  expect(
    parse({ ...body, data: { ...body.data, passthrough: 'order 66' } })?.asset.portalId,
  ).toBeNull();
});

test('removes characters that Postgres cannot store from every field', () => {
  const hostile = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.constant('\0'),
    fc.constant('\ud800'),
    fc.anything(),
  );
  fc.assert(
    fc.property(hostile, hostile, hostile, (upload, policy, message) => {
      const body = fixture('video.asset.errored');
      const data = {
        ...body.data,
        upload_id: upload,
        playback_ids: [{ id: policy, policy }],
        errors: { messages: [message] },
      };
      const event = parse(JSON.parse(JSON.stringify({ ...body, data }) ?? '{}'));
      const text = JSON.stringify(event);

      expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/);
    }),
  );
});

test('reads the failure reason of an upload', () => {
  const { error } = fixture('video.upload.errored').data;

  expect(parseFixture('video.upload.errored')?.failureReason).toBe(error.message);
});

test.each([
  ['ready', 'ready'],
  ['errored', 'failed'],
  ['preparing', 'processing'],
  ['something new', 'processing'],
  [undefined, 'processing'],
])('maps an update of an asset with the status %s to %s', (status, target) => {
  const body = fixture('video.asset.ready');
  const updated = { ...body, type: 'video.asset.updated', data: { ...body.data, status } };

  expect(parse(updated)).toMatchObject({ target, playbackIds: [{ policy: 'signed' }] });
});

test.each([
  ['a clip', { source_asset_id: 'another' }],
  ['a clip, by its kind of ingest', { ingest_type: 'on_demand_clip' }],
  ['a live asset', { is_live: true }],
  ['the recording of a live stream', { is_live: false, live_stream_id: 'stream' }],
  ['a live recording, by its kind of ingest', { ingest_type: 'live_srt' }],
])('ignores the passthrough of %s', (_, data) => {
  const body = fixture('video.asset.ready');

  expect(parse({ ...body, data: { ...body.data, ...data } })).toMatchObject({
    derived: true,
    asset: { portalId: null, assetId },
  });
});

test.each([
  [null, []],
  ['none', []],
  [[null, { id: 'good', policy: 'signed' }, 7, { id: '' }, { policy: 'public' }], ['good']],
  [[{ id: 5, policy: 'public' }, { id: 'good', policy: 'public', extra: {} }, []], ['good']],
])('reads the good playback ids of %j', (playback_ids, ids) => {
  const body = fixture('video.asset.ready');
  const event = parse({ ...body, data: { ...body.data, playback_ids } });

  expect(event?.playbackIds.map(({ id }) => id)).toEqual(ids);
});
